import { createHash } from "node:crypto";
import type { Blobs } from "./blobs.ts";

/** Blobs in memory, for tests that look at the bytes of one. */
export interface MemoryBlobs extends Blobs {
  put(name: string, bytes: Uint8Array): void;
  bytesOf(name: string): Uint8Array;
}

/** Makes an empty store of blobs in memory. */
export function createMemoryBlobs(): MemoryBlobs {
  const files = new Map<string, Buffer>();
  const bytesOf = (name: string): Buffer => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error(`there is no blob ${name}`);
    return bytes;
  };
  return {
    put: (name, bytes) => void files.set(name, Buffer.from(bytes)),
    bytesOf,
    open(name) {
      const bytes = bytesOf(name);
      return {
        bytes: bytes.length,
        read: (offset, length) => bytes.subarray(offset, offset + length),
        close: () => undefined,
      };
    },
    list: (prefix) => [...files.keys()].filter((name) => name.startsWith(prefix)),
    listAll: () => [...files.keys()],
    create(name) {
      const pieces: Buffer[] = [];
      let position = 0;
      return {
        get position() {
          return position;
        },
        write(bytes) {
          pieces.push(Buffer.from(bytes));
          position += bytes.length;
        },
        finish() {
          const bytes = Buffer.concat(pieces);
          files.set(name, bytes);
          return { name, bytes: position, sha256: createHash("sha256").update(bytes).digest() };
        },
        abandon: () => undefined,
      };
    },
    remove: (name) => void files.delete(name),
    sweepUnfinished: () => undefined,
  };
}
