import { decodeEntry, ENTRY_KIND, MerkleError } from "@cairn/merkle";
import { readLines } from "../files/read-lines.ts";
import { covers, type Deletion } from "./control-terms.ts";
import type { DisclosedEntry, DisclosureReader } from "./disclosure-reader.ts";
import type { Findings } from "./finding.ts";
import { BUNDLE } from "./layout.ts";
import type { ListedFiles } from "./listed-files.ts";
import type { Manifest } from "./manifest.ts";
import { hasExactly, isCount, isObject, parsePlainJson } from "./plain-json.ts";
import { createSequenceSet, type SequenceSet } from "./sequence-set.ts";

/** What the events of a bundle are checked with. */
export interface EventsContext {
  readonly manifest: Manifest;
  readonly files: ListedFiles;
  /** Gives the proven entry of an event; undefined, with a finding, when there is none. */
  readonly entryOf: (line: EventLine) => Promise<Uint8Array | undefined>;
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
const MAX_LINE_BYTES = 4 << 20;

/** Checks every chosen event: it is in the log, what is shown of it is what the log commits to, deletions are announced. */
export async function checkEvents(context: EventsContext, findings: Findings): Promise<EventCounts> {
  const { manifest, files, read } = context;
  const file = BUNDLE.events;
  const origin = JSON.stringify(manifest.origin);
  const sequences = createSequenceSet();
  const counts = { shown: 0, redacted: 0, deleted: 0 };
  let batch: (DisclosedEntry & { readonly sequence: number })[] = [];
  let lines = 0;

  function report(code: string, index: number, message: string): void {
    findings.add({ code, file, index, message });
  }

  function flush(): void {
    for (const [i, shown] of read(batch).entries()) {
      const sequence = batch[i]?.sequence ?? 0;
      if (!shown.ok) report(shown.code, sequence, shown.message);
      else if (shown.units.get("/log") !== origin) {
        report("log_mismatch", sequence, `the event does not say that it belongs to ${manifest.origin}`);
      } else if (shown.redactedCount > 0) counts.redacted++;
      else counts.shown++;
    }
    batch = [];
  }

  for await (const { bytes, number, fault } of readLines(files.stream(file), { maxLineBytes: MAX_LINE_BYTES })) {
    lines++;
    const line = fault === undefined ? parseLine(bytes, manifest) : "it is too long";
    if (typeof line === "string") {
      findings.add({ code: "malformed_line", file, message: `line ${number}: ${line}` });
      continue;
    }
    const { sequence, disclosure } = line;
    if (!sequences.add(sequence)) {
      report("event_twice", sequence, "the event is in the bundle twice");
      continue;
    }
    const entry = await context.entryOf(line);
    if (entry === undefined) continue;
    if (disclosure !== undefined) {
      batch.push({ disclosure, entry, sequence });
      if (batch.length === BATCH) flush();
    } else if (isCovered(entry, sequence, context.deletions)) counts.deleted++;
    else report("deletion_unannounced", sequence, "no control entry announces that the event's body was deleted");
  }
  flush();
  if (lines !== manifest.events) {
    const message = `the file has ${lines} events, not the ${manifest.events} that the manifest states`;
    findings.add({ code: "event_count", file, message });
  }
  return { ...counts, sequences };
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
