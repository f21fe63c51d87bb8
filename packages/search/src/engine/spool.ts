import { open as openFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { exception } from "./clickhouse-exception.ts";

/** The rows of one insert, in a file. */
export type SpooledRows = Readonly<{ path: string; byteLength: number; remove: () => Promise<void> }>;

/** Keeps the rows of inserts in files until the engine has read them. */
export type Spool = Readonly<{
  /**
   * Writes `head` and then `body` to a new file, in bounded memory.
   *
   * The engine is only asked once the whole body has arrived: an upload that breaks off inserts nothing.
   *
   * @throws ClickHouseException 307 for a body that is too long, 202 when all bodies together are, 243 when the disk is
   *   full; the errors of `body` as they are. No file is left behind then
   */
  write: (head: Buffer, body: Readable | undefined) => Promise<SpooledRows>;
}>;

/** How a spool may use the disk. `open` stands in for the file system's in tests of a full disk. */
export type SpoolOptions = Readonly<{ insertBytes: number; spoolBytes: number; open?: typeof openFile }>;

/** Gathers the small chunks of a socket: one write to the file per mebibyte. */
const WRITE_BYTES = 1024 * 1024;

/** Makes a spool in `directory`, which must exist and be this engine's own. */
export function createSpool(directory: string, options: SpoolOptions): Spool {
  const { insertBytes, spoolBytes, open = openFile } = options;
  let serial = 0;
  let heldBytes = 0;

  const write = async (head: Buffer, body: Readable | undefined): Promise<SpooledRows> => {
    serial += 1;
    const path = join(directory, `insert-${serial}`);
    let byteLength = 0;
    const remove = async () => {
      heldBytes -= byteLength;
      byteLength = 0;
      await unlink(path).catch(() => undefined);
    };
    try {
      const file = await open(path, "wx", 0o600);
      try {
        for await (const block of blocksOf(head, body)) {
          byteLength += block.length;
          heldBytes += block.length;
          if (byteLength > insertBytes) {
            throw exception("TOO_MANY_BYTES", `An insert may be ${insertBytes} bytes long, decompressed. Split it`);
          }
          if (heldBytes > spoolBytes) {
            throw exception("TOO_MANY_SIMULTANEOUS_QUERIES", "Too many large inserts at once. Try again");
          }
          await file.writeFile(block);
        }
      } finally {
        await file.close();
      }
      return { path, byteLength, remove };
    } catch (error) {
      await remove();
      throw asSpoolError(error);
    }
  };

  return { write };
}

async function* blocksOf(head: Buffer, body: Readable | undefined): AsyncGenerator<Buffer> {
  let pending = [head];
  let pendingBytes = head.length;
  // Left open on refusal, because destroying a request takes its connection along, and the answer with it.
  const chunks = body?.iterator({ destroyOnReturn: false }) ?? [];
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    pending.push(chunk);
    pendingBytes += chunk.length;
    if (pendingBytes < WRITE_BYTES) continue;
    yield Buffer.concat(pending, pendingBytes);
    pending = [];
    pendingBytes = 0;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending, pendingBytes);
}

function asSpoolError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return exception("NOT_ENOUGH_SPACE", "No space left on the disk of the search index for the rows of an insert");
  }
  return error;
}
