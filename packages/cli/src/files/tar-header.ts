/** A tar archive is not one, is damaged, or holds what this program does not unpack. */
export class TarError extends Error {
  override readonly name = "TarError";
  /** Position in the archive, in bytes. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} (at byte ${offset} of the archive)`);
    this.offset = offset;
  }
}

/** Tar is made of blocks of this size. */
export const TAR_BLOCK = 512;

/** A header block of POSIX ustar (IEEE Std 1003.1, pax). */
export interface TarHeader {
  readonly path: string;
  readonly size: number;
  readonly kind: "file" | "directory" | "pax" | "gnu_long_path";
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a header block; undefined for the block of zeroes that ends an archive. Throws `TarError` for a wrong checksum, in
 * whatever spelling, and for links, devices and anything else that is neither file nor directory.
 */
export function parseTarHeader(block: Uint8Array, offset: number): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  checkSum(block, offset);
  const size = readSize(block.subarray(124, 136), offset);
  const name = readText(block.subarray(0, 100), offset);
  const isUstar = readText(block.subarray(257, 262), offset) === "ustar";
  const prefix = isUstar && block[263] === 0x30 ? readText(block.subarray(345, 500), offset) : "";
  return { path: prefix === "" ? name : `${prefix}/${name}`, size, kind: kindOf(block[156] ?? 0, offset) };
}

/** The sum of all bytes, its own field counted as spaces, in the one spelling that tar programs write. */
function checkSum(block: Uint8Array, offset: number): void {
  let sum = 8 * 0x20;
  for (let i = 0; i < TAR_BLOCK; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  const written = Buffer.from(block.subarray(148, 156)).toString("latin1");
  if (written !== `${sum.toString(8).padStart(6, "0")}\0 `) throw new TarError("a header is damaged", offset);
}

/** Octal digits, or a big-endian number with the first bit set, as GNU tar writes sizes past 8 GiB. */
function readSize(field: Uint8Array, offset: number): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let size = 0;
    for (const [i, byte] of field.entries()) size = size * 256 + (i === 0 ? byte & 0x7f : byte);
    if (Number.isSafeInteger(size)) return size;
    throw new TarError("a size is out of range", offset);
  }
  const text = Buffer.from(field).toString("latin1");
  const digits = /^ *([0-7]+)[ \0]*$/.exec(text)?.[1];
  if (digits === undefined) throw new TarError("a size is not a number", offset);
  return Number.parseInt(digits, 8);
}

function readText(field: Uint8Array, offset: number): string {
  const end = field.indexOf(0);
  try {
    return decoder.decode(end === -1 ? field : field.subarray(0, end));
  } catch {
    throw new TarError("a name is not UTF-8", offset);
  }
}

function kindOf(type: number, offset: number): TarHeader["kind"] {
  switch (String.fromCharCode(type)) {
    case "0":
    case "\0":
      return "file";
    case "5":
      return "directory";
    case "x":
      return "pax";
    case "L":
      return "gnu_long_path";
    default:
      throw new TarError("the archive holds something that is neither file nor directory", offset);
  }
}

/** Reads the records of a pax header: `<length> <key>=<value>\n`. Throws `TarError`. */
export function parsePaxRecords(bytes: Uint8Array, offset: number): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const digits = /^(\d{1,9}) /.exec(Buffer.from(bytes.subarray(at, at + 10)).toString("latin1"))?.[1];
    const end = at + Number(digits ?? Number.NaN);
    if (!(end <= bytes.length && end > at) || bytes[end - 1] !== 0x0a) {
      throw new TarError("an extended header is damaged", offset);
    }
    const record = readText(bytes.subarray(at + (digits?.length ?? 0) + 1, end - 1), offset);
    const equals = record.indexOf("=");
    if (equals < 1) throw new TarError("an extended header is damaged", offset);
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}
