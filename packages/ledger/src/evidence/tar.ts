import type { BundleFile } from "./bundle-file.ts";

const BLOCK = 512;
/** Twelve octal digits less the closing NUL: beyond this a size needs a pax header. */
const MAX_USTAR_SIZE = 8 ** 11 - 1;
const MAX_USTAR_NAME_BYTES = 100;
const FILE_MODE = 0o644;

/**
 * Writes files as a POSIX tar (IEEE Std 1003.1, `pax` interchange format: ustar, and extended headers where a size or a
 * path does not fit). All files bear the same time, so that the same content makes the same bytes.
 */
export async function* tarArchive(
  files: AsyncIterable<BundleFile>,
  options: { readonly timeMs: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const timeSeconds = Math.floor(options.timeMs / 1_000);
  for await (const { path, bytes, content } of files) {
    const extended = paxRecords(path, bytes);
    if (extended !== undefined) {
      yield header({ name: "PaxHeader", size: extended.length, type: "x", timeSeconds });
      yield padded(extended);
    }
    const name = Buffer.byteLength(path) > MAX_USTAR_NAME_BYTES ? "file" : path;
    yield header({ name, size: bytes > MAX_USTAR_SIZE ? 0 : bytes, type: "0", timeSeconds });
    let written = 0;
    for (const piece of content) {
      written += piece.length;
      yield piece;
    }
    if (written !== bytes) throw new Error(`BUG: ${path} has ${written} bytes, and ${bytes} were announced`);
    yield new Uint8Array(padding(written));
  }
  yield new Uint8Array(2 * BLOCK);
}

function header(entry: {
  readonly name: string;
  readonly size: number;
  readonly type: "0" | "x";
  readonly timeSeconds: number;
}): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => {
    block.write(value.toString(8).padStart(length - 1, "0"), at, length - 1, "latin1");
  };
  block.write(entry.name, 0, MAX_USTAR_NAME_BYTES);
  octal(FILE_MODE, 100, 8);
  octal(0, 108, 8); // owner and group: nobody's business
  octal(0, 116, 8);
  octal(entry.size, 124, 12);
  octal(entry.timeSeconds, 136, 12);
  block.fill(" ", 148, 156); // the checksum is computed with spaces in its place
  block.write(entry.type, 156, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
  return block;
}

/** Extended header of a file whose path or size ustar cannot hold. */
function paxRecords(path: string, bytes: number): Uint8Array | undefined {
  let records = "";
  if (Buffer.byteLength(path) > MAX_USTAR_NAME_BYTES) records += paxRecord("path", path);
  if (bytes > MAX_USTAR_SIZE) records += paxRecord("size", String(bytes));
  return records === "" ? undefined : Buffer.from(records);
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function padding(length: number): number {
  return (BLOCK - (length % BLOCK)) % BLOCK;
}

function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + padding(bytes.length));
  all.set(bytes);
  return all;
}
