import { hash } from "node:crypto";
import type { EventInput } from "@cairn/event";
import { mapEach, type ReadItem } from "@cairn/sources";
import type { RefusedRecord } from "../refused-record.ts";
import type { FileEntry } from "./file-entry.ts";
import type { FileReading } from "./file-reading.ts";

/** Where in a folder a record stands. */
export interface RecordPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What came of some records of a file. */
export interface FileRecords {
  readonly events: EventInput[];
  /** Of each event. */
  readonly places: RecordPlace[];
  readonly refused: RefusedRecord[];
  skipped: number;
}

/** Begins a list of what comes of files. */
export function noRecords(): FileRecords {
  return { events: [], places: [], refused: [], skipped: 0 };
}

/** Maps the items of one record of a line format, or of a document, and adds what comes of them. */
export function addRecords(
  records: FileRecords,
  items: readonly ReadItem[],
  by: {
    readonly mapping: FileReading["mapping"];
    readonly original: "keep" | "leave";
    readonly place: RecordPlace;
    /** Gives the identity of a record that has none. */
    readonly identify: NonNullable<Parameters<typeof mapEach>[2]["identify"]>;
  },
): void {
  const { mapping, original, place, identify } = by;
  for (const mapped of mapEach(mapping, items, { original, identify })) {
    for (const one of mapped) {
      if (one.kind === "skipped") records.skipped++;
      else if (one.kind === "refused") records.refused.push(refusedAt(place, one));
      else {
        records.events.push(one.event);
        records.places.push(place);
      }
    }
  }
}

/** A refusal with its place in the folder: what a reader said of lines was said of the part that it was given. */
export function refusedAt({ file, line }: RecordPlace, { error, text }: RefusedRecord): RefusedRecord {
  const { code, message, place } = error;
  return { error: { code, message, place: { ...place, line: line + (place?.line ?? 1) - 1 } }, text, file };
}

/**
 * Makes the identity of a record from all that stands before it in its file and what it is itself. What says no time of its
 * own is another event in each file: a line `backup done` is not yesterday's.
 */
export function identityAt(
  chain: string,
  {
    index,
    part,
    hasTime,
    key,
  }: { readonly index: number; readonly part: number; readonly hasTime: boolean } & Pick<FileEntry, "key">,
): string {
  return `sha256:${hash("sha256", `${chain}\n${index}\n${part}\n${hasTime ? "" : key}`)}`;
}
