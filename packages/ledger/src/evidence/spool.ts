import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PIECE_BYTES = 256 * 1024;

/** Bytes whose number is not known before the last of them, kept on the disk until it is. */
export class Spool {
  bytes = 0;
  private readonly file: number;
  private readonly waiting = Buffer.allocUnsafe(PIECE_BYTES);
  private waitingBytes = 0;

  /** Makes a file without a name: a crash leaves nothing of it behind. */
  constructor(directory: string = tmpdir()) {
    const own = mkdtempSync(join(directory, "cairn-spool-"));
    const path = join(own, "spool");
    this.file = openSync(path, "wx+", 0o600);
    rmSync(own, { recursive: true });
  }

  write(content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.bytes += bytes.length;
    if (this.waitingBytes + bytes.length > PIECE_BYTES) this.flush();
    if (bytes.length > PIECE_BYTES) this.append(bytes);
    else {
      this.waiting.set(bytes, this.waitingBytes);
      this.waitingBytes += bytes.length;
    }
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
    this.append(this.waiting.subarray(0, this.waitingBytes));
    this.waitingBytes = 0;
  }

  private append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
  }
}
