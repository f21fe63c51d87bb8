import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PIECE_BYTES = 256 * 1024;

/** Bytes whose number is not known before the last of them, kept on the disk until it is. */
export class Spool {
  bytes = 0;
  private readonly file: number;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;

  /** Makes a file without a name: a crash leaves nothing of it behind. */
  constructor(directory: string = tmpdir()) {
    const own = mkdtempSync(join(directory, "cairn-spool-"));
    const path = join(own, "spool");
    this.file = openSync(path, "wx+", 0o600);
    rmSync(own, { recursive: true });
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.bytes += bytes.length;
    if (this.waitingBytes >= PIECE_BYTES) this.flush();
  }

  /** Gives everything written, from the start. */
  *read(): Generator<Uint8Array, void, undefined> {
    this.flush();
    for (let at = 0; at < this.bytes; ) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, this.bytes - at));
      const length = readSync(this.file, piece, 0, piece.length, at);
      yield piece.subarray(0, length);
      at += length;
    }
  }

  close(): void {
    closeSync(this.file);
  }

  private flush(): void {
    for (const bytes of this.waiting) for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    this.waiting = [];
    this.waitingBytes = 0;
  }
}
