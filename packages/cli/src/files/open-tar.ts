import { open } from "node:fs/promises";
import type { BundleFiles } from "./bundle-files.ts";
import { type RandomAccess, randomAccess } from "./random-access.ts";
import { indexTar, type TarFile } from "./tar-index.ts";

/** Read at a time from large files. */
const CHUNK_BYTES = 1 << 20;

/** Opens a tar archive as a bundle, without unpacking it. Throws `TarError`. */
export async function openTar(path: string): Promise<BundleFiles> {
  const handle = await open(path, "r");
  try {
    const archive = await randomAccess(handle);
    const files = await indexTar(archive);
    const find = (name: string): TarFile => {
      const file = files.get(name);
      if (file === undefined) throw new RangeError(`${name} is not in the archive`);
      return file;
    };
    return {
      sizes: new Map([...files].map(([name, { size }]) => [name, size])),
      irregular: [],
      async read(name) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of streamFile(archive, find(name))) chunks.push(chunk);
        return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      },
      stream: (name) => streamFile(archive, find(name)),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads the bytes of one file of an archive. */
export async function* streamFile(archive: RandomAccess, file: TarFile): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  while (at < file.size) {
    const chunk = await archive.read(file.offset + at, Math.min(CHUNK_BYTES, file.size - at));
    if (chunk.length === 0) throw new RangeError(`${file.path} ends early: the archive changed while it was read`);
    yield chunk;
    at += chunk.length;
  }
}
