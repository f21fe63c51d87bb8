import { createHash } from "node:crypto";
import { createWriteStream, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, createZstdCompress } from "node:zlib";
import { CairnError } from "@cairn/event";
import type { Compression } from "./export-request.ts";
import { EXPORT_LIMITS } from "./limits.ts";

/** A file that was written. */
export interface WrittenFile {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Writes a stream of bytes to a new file that only the owner can read, at the pace of the disk; it is on the disk when this
 * returns.
 * @throws CairnError disk_full before the disk is so full that events would be refused
 */
export async function writeFileFrom(
  source: AsyncIterable<Uint8Array | string>,
  target: { readonly path: string; readonly compress: Compression | undefined; readonly signal: AbortSignal },
): Promise<WrittenFile> {
  const { path, compress, signal } = target;
  const meter = new Meter(dirname(path));
  const file = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
  const bytes = Readable.from(source, { objectMode: false });
  try {
    if (compress === undefined) await pipeline(bytes, meter, file, { signal });
    else await pipeline(bytes, compress === "gzip" ? createGzip() : createZstdCompress(), meter, file, { signal });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw diskFull(error);
    throw error;
  }
  return { bytes: meter.bytes, sha256: meter.digest() };
}

/** Counts and hashes what passes, and looks at the disk now and then. */
class Meter extends Transform {
  bytes = 0;
  private checkedAt = 0;
  private readonly hash = createHash("sha256");
  private readonly directory: string;

  constructor(directory: string) {
    super();
    this.directory = directory;
    checkDisk(directory);
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    try {
      this.hash.update(chunk);
      this.bytes += chunk.length;
      if (this.bytes - this.checkedAt >= EXPORT_LIMITS.diskCheckBytes) {
        this.checkedAt = this.bytes;
        checkDisk(this.directory);
      }
      done(null, chunk);
    } catch (error) {
      done(error as Error);
    }
  }

  digest(): string {
    return this.hash.digest("hex");
  }
}

/** @throws CairnError disk_full */
function checkDisk(directory: string): void {
  const { bavail, blocks, bsize } = statfsSync(directory);
  if (bavail * bsize < EXPORT_LIMITS.minFreeBytes || bavail < blocks * EXPORT_LIMITS.minFreeShare) throw diskFull();
}

function diskFull(cause?: unknown): CairnError {
  return new CairnError("disk_full", "the server's disk is too full for an export; what is recorded needs the rest", {
    retryAfterSeconds: 60,
    cause,
  });
}
