import { randomBytes } from "node:crypto";
import { decodeEntry, ENTRY_KIND, ENTRY_LENGTH, HASH_LENGTH, MerkleError } from "@cairn/merkle";
import { covers, type Deletion } from "./control-terms.ts";
import type { DisclosedEntry, DisclosureReader } from "./disclosure-reader.ts";
import type { Findings } from "./finding.ts";
import { BUNDLE } from "./layout.ts";
import type { LineSource } from "./lines/line-source.ts";
import { readRecords, type ScannedLines } from "./lines/scanned-lines.ts";
import type { Manifest } from "./manifest.ts";
import { hasExactly, isCount, isObject, parsePlainJson } from "./plain-json.ts";
import { createSequenceSet, type SequenceSet } from "./sequence-set.ts";

/** What the events of a bundle are checked with. */
export interface EventsContext {
  readonly manifest: Manifest;
  /** The lines of `events.ndjson`. */
  readonly lines: LineSource["parts"];
  /** Compares the file with the manifest, once all of it has been read. */
  readonly compareFile: () => void;
  /** Gives the proven entry of an event; undefined, with a finding, when there is none. */
  readonly entryOf: (line: EventLine) => Promise<Uint8Array | undefined> | Uint8Array | undefined;
  readonly read: DisclosureReader;
  readonly deletions: readonly Deletion[];
}

/** A line of `events.ndjson`. */
export interface EventLine {
  readonly sequence: number;
  /** Undefined for an event whose body is deleted. */
  readonly disclosure: unknown;
}

/** How many events there are of which kind. */
export interface EventCounts {
  /** Disclosed whole. */
  readonly shown: number;
  /** Disclosed but for some units. */
  readonly redacted: number;
  readonly deleted: number;
  readonly sequences: SequenceSet;
}

/** Events whose hashes are computed together. */
const BATCH = 256;
/** Longest line: the disclosure of the largest event (256 KiB, 1,024 units) in base64 takes less than a megabyte. */
export const MAX_LINE_BYTES = 4 << 20;
const NEWLINE = 0x0a;
/**
 * In order, and of no event. A line that was scanned is known to be in order; when its root is not the entry's, that is all
 * there is to say, unless the entry itself is none.
 */
const UNKNOWN_DISCLOSURE = { v: 1, units: [], redacted: [randomBytes(HASH_LENGTH).toString("base64")] } as const;

/** Checks every chosen event: it is in the log, what is shown of it is what the log commits to, deletions are announced. */
export async function checkEvents(context: EventsContext, findings: Findings): Promise<EventCounts> {
  const { manifest, entryOf, deletions } = context;
  const file = BUNDLE.events;
  const sequences = createSequenceSet();
  const batch = createBatch(context, findings);
  let deleted = 0;
  let lines = 0;

  function report(code: string, index: number, message: string): void {
    findings.add({ code, file, index, message });
  }

  function malformed(message: string): void {
    findings.add({ code: "malformed_line", file, message: `line ${lines}: ${message}` });
  }

  /** Gives the entry of a line that nobody else has spoken of. */
  function take(line: EventLine): ReturnType<EventsContext["entryOf"]> {
    if (sequences.add(line.sequence)) return entryOf(line);
    report("event_twice", line.sequence, "the event is in the bundle twice");
    return undefined;
  }

  async function checkLine(bytes: Uint8Array): Promise<void> {
    const line = parseLine(bytes, manifest);
    if (typeof line === "string") return malformed(line);
    const { sequence, disclosure } = line;
    const entry = await take(line);
    if (entry === undefined) return;
    if (disclosure !== undefined) batch.add({ disclosure, entry, sequence });
    else if (isCovered(entry, sequence, deletions)) deleted++;
    else report("deletion_unannounced", sequence, "no control entry announces that the event's body was deleted");
  }

  async function checkBlock(bytes: Uint8Array, scanned: ScannedLines): Promise<void> {
    const { records, end } = scanned;
    for (const { state, start, end: lineEnd, sequence, rootAt } of readRecords(scanned)) {
      lines++;
      if (state === "left") {
        await checkLine(bytes.subarray(start, lineEnd));
        continue;
      }
      // Only full bundles are scanned, whose entries are found by their sequence alone.
      const found = take({ sequence, disclosure: UNKNOWN_DISCLOSURE });
      const entry = found instanceof Promise ? await found : found;
      if (entry === undefined) continue;
      if (hasRoot(entry, records, rootAt)) batch.addProven(state);
      else batch.add({ disclosure: UNKNOWN_DISCLOSURE, entry, sequence });
    }
    for (const line of splitLines(bytes.subarray(end))) {
      lines++;
      await checkLine(line);
    }
  }

  for await (const part of context.lines) {
    switch (part.kind) {
      case "lines":
        await checkBlock(part.bytes, part.scanned);
        break;
      case "too_long":
        lines++;
        malformed("it is too long");
        break;
      case "end":
        context.compareFile();
        break;
    }
  }
  batch.flush();
  if (lines !== manifest.events) {
    const message = `the file has ${lines} events, not the ${manifest.events} that the manifest states`;
    findings.add({ code: "event_count", file, message });
  }
  return { ...batch.counts, deleted, sequences };
}

/** Events whose disclosures are hashed together, unless that was done before. */
interface Batch {
  /** Of those that have been found in order. */
  readonly counts: { readonly shown: number; readonly redacted: number };
  add(event: DisclosedEntry & { readonly sequence: number }): void;
  /** Takes an event that is known to be as its entry commits to. */
  addProven(state: "shown" | "redacted"): void;
  flush(): void;
}

function createBatch({ manifest, read }: EventsContext, findings: Findings): Batch {
  const origin = JSON.stringify(manifest.origin);
  const counts = { shown: 0, redacted: 0 };
  let events: (DisclosedEntry & { readonly sequence: number })[] = [];
  let size = 0;

  function report(code: string, index: number, message: string): void {
    findings.add({ code, file: BUNDLE.events, index, message });
  }

  function flush(): void {
    for (const [i, shown] of read(events).entries()) {
      const sequence = events[i]?.sequence ?? 0;
      if (!shown.ok) report(shown.code, sequence, shown.message);
      else if (shown.units.get("/log") !== origin) {
        report("log_mismatch", sequence, `the event does not say that it belongs to ${manifest.origin}`);
      } else if (shown.redactedCount > 0) counts.redacted++;
      else counts.shown++;
    }
    events = [];
    size = 0;
  }

  return {
    counts,
    flush,
    add(event) {
      events.push(event);
      if (++size === BATCH) flush();
    },
    addProven(state) {
      counts[state]++;
      // What is wrong with its neighbours is told in the same order, whoever found that this one is right.
      if (++size === BATCH) flush();
    },
  };
}

function hasRoot(entry: Uint8Array, records: Uint8Array, rootAt: number): boolean {
  if (entry.length !== ENTRY_LENGTH) return false;
  const entryAt = ENTRY_LENGTH - HASH_LENGTH;
  for (let i = 0; i < HASH_LENGTH; i++) if (entry[entryAt + i] !== records[rootAt + i]) return false;
  return true;
}

function* splitLines(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

function parseLine(bytes: Uint8Array, manifest: Manifest): EventLine | string {
  const line = parsePlainJson(bytes);
  if (!isObject(line)) return "it is not an object, written plainly";
  const { ledger, sequence, disclosure, deleted } = line;
  const isDeleted = hasExactly(line, ["ledger", "sequence", "deleted"]) && deleted === true;
  if (!isDeleted && !hasExactly(line, ["ledger", "sequence", "disclosure"])) {
    return "it is neither {ledger, sequence, disclosure} nor {ledger, sequence, deleted: true}";
  }
  if (ledger !== manifest.ledger) return `it is of ledger ${String(ledger)}, not ${manifest.ledger}`;
  if (!isCount(sequence) || sequence >= manifest.size) return `the log has no entry ${String(sequence)}`;
  return { sequence, disclosure: isDeleted ? undefined : disclosure };
}

function isCovered(entry: Uint8Array, sequence: number, deletions: readonly Deletion[]): boolean {
  const receivedAtMs = receivedAt(entry);
  return receivedAtMs !== undefined && deletions.some((deletion) => covers(deletion, { sequence, receivedAtMs }));
}

/** Gives the time of an event's entry, Unix milliseconds; undefined when it is no such entry. */
export function receivedAt(entry: Uint8Array): number | undefined {
  try {
    return entry[1] === ENTRY_KIND.event ? decodeEntry(entry).receivedAt : undefined;
  } catch (error) {
    if (error instanceof MerkleError) return undefined;
    throw error;
  }
}
