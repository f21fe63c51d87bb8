import type { RandomAccess } from "./random-access.ts";
import { safePath } from "./safe-path.ts";
import { parsePaxRecords, parseTarHeader, TAR_BLOCK, TarError } from "./tar-header.ts";

/** A file in an archive. */
export interface TarFile {
  readonly path: string;
  /** Where its bytes begin. */
  readonly offset: number;
  readonly size: number;
}

/** Read at a time: headers lie some ten kilobytes apart, so that most are in the window already. */
const WINDOW_BYTES = 1 << 20;
/** Longest extended header: it holds a path and a size. */
const MAX_EXTENDED_BYTES = 64 * 1024;
/** Most files: a log of 2.5 thousand million events has as many tiles and bundles. */
const MAX_FILES = 20_000_000;

/**
 * Finds the files of a tar archive. Throws `TarError` for damage anywhere outside the files' own bytes, for a path that is
 * not safe, and for one that occurs twice.
 */
export async function indexTar(archive: RandomAccess): Promise<ReadonlyMap<string, TarFile>> {
  const archiveSize = archive.size;
  const read = windowReader(archive);
  const files = new Map<string, TarFile>();
  let extended: { readonly path?: string; readonly size?: number } = {};
  let offset = 0;
  for (;;) {
    if (offset + TAR_BLOCK > archiveSize) throw new TarError("the archive is cut short", offset);
    const header = parseTarHeader(await read(offset, TAR_BLOCK), offset);
    if (header === undefined) break;
    const start = offset + TAR_BLOCK;
    const size = header.kind === "file" ? (extended.size ?? header.size) : header.size;
    const end = start + size;
    const next = Math.ceil(end / TAR_BLOCK) * TAR_BLOCK;
    if (!(next <= archiveSize)) throw new TarError("the archive is cut short", offset);
    checkZero(await read(end, next - end), end);
    if (header.kind === "pax" || header.kind === "gnu_long_path") {
      if (size > MAX_EXTENDED_BYTES) throw new TarError("an extended header is too long", offset);
      extended = { ...extended, ...readExtended(header.kind, await read(start, size), offset) };
    } else {
      if (header.kind === "file") addFile(files, { path: extended.path ?? header.path, offset: start, size });
      extended = {};
    }
    offset = next;
  }
  for (let at = offset; at < archiveSize; at += WINDOW_BYTES) {
    checkZero(await read(at, Math.min(WINDOW_BYTES, archiveSize - at)), at);
  }
  return files;
}

type WindowReader = (offset: number, length: number) => Promise<Uint8Array>;

function windowReader(archive: RandomAccess): WindowReader {
  let window: Uint8Array = new Uint8Array(0);
  let windowStart = 0;
  return async (offset, length) => {
    if (offset < windowStart || offset + length > windowStart + window.length) {
      window = await archive.read(offset, Math.max(WINDOW_BYTES, length));
      windowStart = offset;
      if (window.length < length) throw new TarError("the archive is cut short", offset);
    }
    return window.subarray(offset - windowStart, offset - windowStart + length);
  };
}

function readExtended(
  kind: "pax" | "gnu_long_path",
  bytes: Uint8Array,
  offset: number,
): { readonly path?: string; readonly size?: number } {
  if (kind === "gnu_long_path") return { path: Buffer.from(bytes).toString().replace(/\0+$/, "") };
  const records = parsePaxRecords(bytes, offset);
  const path = records.get("path");
  const sizeText = records.get("size");
  if (sizeText !== undefined && !/^\d{1,15}$/.test(sizeText)) throw new TarError("a size is not a number", offset);
  return {
    ...(path === undefined ? {} : { path }),
    ...(sizeText === undefined ? {} : { size: Number(sizeText) }),
  };
}

function addFile(files: Map<string, TarFile>, file: TarFile): void {
  const path = safePath(file.path);
  if (path === undefined) throw new TarError(`the path ${JSON.stringify(file.path)} is not safe`, file.offset);
  if (files.has(path)) throw new TarError(`${path} is in the archive twice`, file.offset);
  if (files.size >= MAX_FILES) throw new TarError(`the archive has more than ${MAX_FILES} files`, file.offset);
  files.set(path, { ...file, path });
}

/** What fills a block up carries nothing, and must not: a flipped bit there would go unseen. */
function checkZero(bytes: Uint8Array, offset: number): void {
  const at = bytes.findIndex((byte) => byte !== 0);
  if (at !== -1) throw new TarError("there is something between the files", offset + at);
}
