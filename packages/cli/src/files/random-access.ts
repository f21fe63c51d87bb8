import type { FileHandle } from "node:fs/promises";

/** Bytes that can be read anywhere. */
export interface RandomAccess {
  readonly size: number;
  /** Gives up to `length` bytes; fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Makes an open file readable anywhere. */
export async function randomAccess(handle: FileHandle): Promise<RandomAccess> {
  const { size } = await handle.stat();
  return {
    size,
    async read(offset, length) {
      const buffer = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
  };
}
