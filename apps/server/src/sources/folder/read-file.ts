import { SourceError } from "@cairn/sources";
import type { FileEntry } from "./file-entry.ts";
import type { FileReading } from "./file-reading.ts";
import { followLines } from "./follow-lines.ts";
import { MAX_DOCUMENT_BYTES } from "./limits.ts";
import { type FileRecords, refusedAt } from "./map-records.ts";
import { fingerprint, type OpenFile, readAt } from "./open-file.ts";
import { isPacked, jsonModeOf, readDocument } from "./read-document.ts";

/** What a step through a file came to. */
export interface Step {
  /** How far it has been read now. */
  readonly entry: FileEntry;
  /** `more`: there is more already. `line`: a last line has no end yet. `nothing`: until the file changes. */
  readonly left: "more" | "line" | "nothing";
  /** Bytes that were read. */
  readonly bytes: number;
}

/** A file, open, and what is known of it. */
export interface FileToRead {
  readonly name: string;
  readonly open: OpenFile;
  readonly entry: FileEntry;
  readonly isStill: boolean;
  /** Bytes of a file of lines go there. */
  readonly room: Uint8Array;
}

interface Parts {
  readonly reading: FileReading;
  readonly original: "keep" | "leave";
}

/** Reads on in a file by one step. */
export async function readFile(records: FileRecords, file: FileToRead, parts: Parts): Promise<Step> {
  const { entry, open, room, isStill } = file;
  const bytes = entry.mode === "document" ? room.subarray(0, 0) : await readAt(open.handle, room, entry.offset);
  const mode = entry.mode ?? modeOf(bytes, { reading: parts.reading, isStill });
  if (mode === undefined) return { entry, left: "nothing", bytes: bytes.length };
  if (mode === "lines") return readLines(records, { ...file, bytes }, parts);
  return isStill ? readWhole(records, file, parts) : { entry: { ...entry, mode }, left: "nothing", bytes: 0 };
}

/** How a file is read of which nothing was read yet; undefined while nobody can tell. */
function modeOf(
  bytes: Uint8Array,
  { reading: { shape }, isStill }: { readonly reading: FileReading; readonly isStill: boolean },
): FileEntry["mode"] {
  if (bytes.length === 0) return undefined;
  if (shape === "xml" || isPacked(bytes)) return "document";
  if (shape !== "json") return "lines";
  // One line without an end that stands still is all there is.
  return jsonModeOf(bytes) ?? (isStill ? "document" : undefined);
}

async function readLines(
  records: FileRecords,
  { name, open, entry, isStill, bytes }: FileToRead & { readonly bytes: Uint8Array },
  parts: Parts,
): Promise<Step> {
  const { handle, size, modifiedMs } = open;
  const { headerEnd } = entry;
  const header = headerEnd === undefined ? undefined : await readAt(handle, Buffer.alloc(headerEnd), 0);
  const isEnd = entry.offset + bytes.length >= size;
  const stretch = { name, entry, bytes, isEnd, isStill, header, receivedMs: modifiedMs };
  const followed = await followLines(records, stretch, parts);
  const { offset } = followed.entry;
  const left = followed.waits === "line" ? "line" : offset < size && offset > entry.offset ? "more" : "nothing";
  const next: FileEntry = { ...followed.entry, mode: "lines", ...(await fingerprint(handle, offset)) };
  return { entry: next, left, bytes: bytes.length };
}

async function readWhole(
  records: FileRecords,
  { name, open: { handle, size, modifiedMs }, entry }: FileToRead,
  parts: Parts,
): Promise<Step> {
  const taken: FileEntry = { ...entry, mode: "document", taken: { size, modifiedMs } };
  if (size > MAX_DOCUMENT_BYTES) {
    const error = new SourceError(
      "too_large",
      `the file has more than ${MAX_DOCUMENT_BYTES} bytes, and is read as a whole`,
    );
    records.refused.push(refusedAt({ file: name, line: 1 }, { error, text: "" }));
    return { entry: taken, left: "nothing", bytes: 0 };
  }
  const bytes = await readAt(handle, Buffer.alloc(size), 0);
  await readDocument(records, { name, entry, bytes, receivedMs: modifiedMs }, parts);
  return { entry: taken, left: "nothing", bytes: size };
}
