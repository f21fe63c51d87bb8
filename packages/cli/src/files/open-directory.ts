import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { BundleFiles } from "./bundle-files.ts";

/** Read at a time from large files. */
const CHUNK_BYTES = 1 << 20;

/** Opens a directory as a bundle. Links are not followed. */
export async function openDirectory(root: string): Promise<BundleFiles> {
  const sizes = new Map<string, number>();
  const irregular: string[] = [];
  const pending = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const full = join(directory, entry.name);
      const path = relative(root, full).split(sep).join("/");
      if (entry.isDirectory()) pending.push(full);
      else if (entry.isFile()) sizes.set(path, (await stat(full)).size);
      else irregular.push(path);
    }
  }
  return {
    sizes,
    irregular,
    read: (path) => readFile(join(root, path)),
    stream: (path) => createReadStream(join(root, path), { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>,
    close: () => Promise.resolve(),
  };
}
