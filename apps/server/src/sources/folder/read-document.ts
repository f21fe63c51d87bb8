import { hash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { SourceError } from "@cairn/sources";
import { decodeRecord } from "./decode.ts";
import type { FileEntry } from "./file-entry.ts";
import type { FileReading } from "./file-reading.ts";
import { followLines } from "./follow-lines.ts";
import { MAX_DOCUMENT_BYTES, MAX_RECORD_BYTES } from "./limits.ts";
import { addRecords, type FileRecords, identityAt, refusedAt } from "./map-records.ts";

const unpack = promisify(gunzip);

/** Tells whether a file is packed (RFC 1952). */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * What a file of JSON is by its first line: `lines` when that is an object by itself, `document` when it is only the beginning
 * of a value, or a list; undefined when it has no end yet.
 */
export function jsonModeOf(bytes: Uint8Array): FileEntry["mode"] {
  for (let start = 0; ; ) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end === -1) return undefined;
    const line = Buffer.from(bytes.subarray(start, end))
      .toString()
      .replaceAll(/[\0\ufeff]/g, "")
      .trim();
    if (line === "") {
      start = end + 1;
      continue;
    }
    if (line.startsWith("[") || end - start > MAX_RECORD_BYTES) return "document";
    // A bad line of a file of lines ends like an object all the same; the first line of a document that is laid out does not.
    return line.startsWith("{") && !line.endsWith("}") ? "document" : "lines";
  }
}

const LINE_FEED = 0x0a;

/** A file that is read as a whole. */
export interface DocumentFile {
  readonly name: string;
  readonly entry: FileEntry;
  readonly bytes: Uint8Array;
  readonly receivedMs: number;
}

/** Reads a file as a whole; one that is packed is read like the file that was packed. */
export async function readDocument(
  records: FileRecords,
  file: DocumentFile,
  parts: { readonly reading: FileReading; readonly original: "keep" | "leave" },
): Promise<void> {
  const { name, entry } = file;
  const place = { file: name, line: 1 };
  let bytes = file.bytes;
  if (isPacked(bytes)) {
    try {
      bytes = await unpack(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES });
    } catch (error) {
      const isLarge = (error as { readonly code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
      const fault = isLarge
        ? new SourceError("too_large", `unpacked it has more than ${MAX_DOCUMENT_BYTES} bytes`)
        : new SourceError("line_invalid", "the packed file is damaged or cut short");
      records.refused.push(refusedAt(place, { error: fault, text: "" }));
      return;
    }
  }
  if (isOfLines(bytes, parts.reading)) await readLines(records, { ...file, bytes }, parts);
  else readWhole(records, { ...file, bytes, entry }, parts);
}

function isOfLines(bytes: Uint8Array, { shape }: FileReading): boolean {
  if (shape === "json") return jsonModeOf(bytes) === "lines";
  return shape !== "xml";
}

async function readLines(
  records: FileRecords,
  { name, entry, bytes, receivedMs }: DocumentFile,
  parts: { readonly reading: FileReading; readonly original: "keep" | "leave" },
): Promise<void> {
  // The last line needs no end: the file is complete.
  const ended = bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from("\n")]);
  let at: FileEntry = { key: entry.key, offset: 0, lines: 0, head: "", tail: "", chain: "" };
  let header: Uint8Array | undefined;
  while (at.offset < ended.length) {
    const before = at.offset;
    const rest = ended.subarray(before);
    const stretch = { name, receivedMs, header, bytes: rest, entry: at, isEnd: true, isStill: false };
    at = (await followLines(records, stretch, { ...parts, maxRecords: Number.POSITIVE_INFINITY })).entry;
    if (at.headerEnd !== undefined) header = ended.subarray(0, at.headerEnd);
    if (at.offset === before) break;
  }
  if (at.offset < ended.length) {
    const error = new SourceError("csv_invalid", "a quote is not closed");
    const text = Buffer.from(ended.subarray(at.offset)).toString();
    records.refused.push(refusedAt({ file: name, line: at.lines + 1 }, { error, text }));
  }
}

function readWhole(
  records: FileRecords,
  { name, entry, bytes, receivedMs }: DocumentFile,
  { reading, original }: { readonly reading: FileReading; readonly original: "keep" | "leave" },
): void {
  const place = { file: name, line: 1 };
  const text = decodeRecord(bytes);
  if (typeof text !== "string") {
    records.refused.push(refusedAt(place, text));
    return;
  }
  if (text.trim() === "") return;
  const { key } = entry;
  const digest = hash("sha256", bytes, "base64url");
  addRecords(records, reading.read(text, receivedMs), {
    ...{ mapping: reading.mapping, original, place },
    // Its content tells it from others, unless it says no time of its own.
    identify: (at) => (at.hasTime ? undefined : identityAt(digest, { ...at, key })),
  });
}
