import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BundleFile } from "./bundle-file.ts";

/** Writes files below a directory, which must not exist yet. */
export async function writeDirectory(files: AsyncIterable<BundleFile>, root: string): Promise<void> {
  mkdirSync(root, { recursive: false });
  for await (const { path, content } of files) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    const file = openSync(target, "wx");
    try {
      for (const piece of content) for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
    } finally {
      closeSync(file);
    }
  }
}
