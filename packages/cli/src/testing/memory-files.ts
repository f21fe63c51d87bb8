import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BundleFiles } from "../files/bundle-files.ts";
import type { Files } from "./build-log.ts";

/** A bundle in memory. */
export function memoryFiles(files: Files): BundleFiles {
  return {
    sizes: new Map([...files].map(([path, bytes]) => [path, bytes.length])),
    irregular: [],
    read: (path) => Promise.resolve(files.get(path) ?? new Uint8Array(0)),
    async *stream(path) {
      // In pieces, so that no reader relies on their boundaries.
      const bytes = files.get(path) ?? new Uint8Array(0);
      for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
    },
    close: () => Promise.resolve(),
  };
}

/** Writes files below a directory. */
export async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
}

/** Packs files as a POSIX ustar archive. */
export function packTar(files: Files): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const [path, bytes] of files) {
    blocks.push(
      tarHeader({ path, size: bytes.length, type: "0" }),
      bytes,
      Buffer.alloc((512 - (bytes.length % 512)) % 512),
    );
  }
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
}

/** Makes a ustar header block. */
export function tarHeader(file: { readonly path: string; readonly size: number; readonly type: string }): Buffer {
  const block = Buffer.alloc(512);
  block.write(file.path, 0, 100);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${file.size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("15000000000\0", 136);
  block.write("        ", 148);
  block.write(file.type, 156);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
