import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import * as zlib from "node:zlib";

/** An input, decompressed. */
export interface Input {
  /** Its first bytes and all others, in pieces. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The beginning, for finding out what it is. */
  readonly start: Uint8Array;
  /** Bytes read of the file itself, compressed as it may be. */
  readonly bytesRead: () => number;
}

/** What a file is, for telling whether it is still the same. */
export interface FileState {
  readonly size: number;
  readonly modifiedMs: number;
}

/** Compressed data is cut short or was changed. */
export class DamagedInput extends Error {
  override readonly name = "DamagedInput";
}

/** Enough for the header of a CSV file or the first record. */
const START_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** Opens a file, or standard input for `-`; gzip and zstd are recognised by their first bytes. */
export async function openInput(path: string, stdin: Readable): Promise<Input> {
  const raw = path === "-" ? stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  let bytesRead = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of raw as AsyncIterable<Uint8Array>) {
      bytesRead += chunk.length;
      yield chunk;
    }
  }
  const outer = await peek(counted(), 4);
  const decompressor = decompressorOf(outer.start);
  const plain = decompressor === undefined ? outer.chunks : decompress(outer.chunks, decompressor);
  return { ...(await peek(plain, START_BYTES)), bytesRead: () => bytesRead };
}

function decompressorOf(start: Uint8Array): (() => zlib.Gunzip | zlib.ZstdDecompress) | undefined {
  const [a, b, c, d] = start;
  if (a === 0x1f && b === 0x8b) return zlib.createGunzip;
  const isZstd = a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd;
  return isZstd && typeof zlib.createZstdDecompress === "function" ? zlib.createZstdDecompress : undefined;
}

async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  create: () => zlib.Gunzip | zlib.ZstdDecompress,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = create();
  const feeding = (async () => {
    try {
      for await (const chunk of chunks) {
        if (stream.destroyed) return;
        if (!stream.write(chunk)) await new Promise((resolve) => stream.once("drain", resolve).once("close", resolve));
      }
      stream.end();
    } catch (error) {
      stream.destroy(error as Error);
    }
  })();
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith("Z")) throw error;
    throw new DamagedInput("the compressed data is damaged or cut short", { cause: error });
  }
  await feeding;
}

/** Reads a beginning without taking it away. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
  byteCount: number,
): Promise<{ readonly start: Uint8Array; readonly chunks: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < byteCount) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  const start = Buffer.concat(first);
  return {
    start: start.subarray(0, byteCount),
    chunks: (async function* () {
      if (start.length > 0) yield start;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    })(),
  };
}
