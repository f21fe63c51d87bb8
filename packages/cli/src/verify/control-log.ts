import { type Checkpoint, emptyRoot, formatVkey, type HashKernel, type Policy } from "@cairn/merkle";
import { type ControlEntry, readControlEntries } from "./control-entries.ts";
import { type Deletion, parseDeletion } from "./control-terms.ts";
import type { DisclosureReader } from "./disclosure-reader.ts";
import type { Findings } from "./finding.ts";
import { BUNDLE } from "./layout.ts";
import type { ListedFiles } from "./listed-files.ts";
import type { ConsistencyCheck, Head } from "./log-consistency.ts";
import type { Manifest } from "./manifest.ts";
import type { TileLog } from "./tile-log.ts";

/** What the control log is checked with. */
export interface ControlContext {
  readonly manifest: Manifest;
  readonly files: ListedFiles;
  readonly log: TileLog;
  readonly checkpoint: Checkpoint;
  /** Head of the event log. */
  readonly eventHead: Head;
  /** Compares an earlier state of the event log with its head; undefined when the bundle has not what that takes. */
  readonly compareEventLog: ConsistencyCheck | undefined;
  readonly policy: Policy | undefined;
  readonly kernel: HashKernel;
  readonly read: DisclosureReader;
}

/** What the control log says that other checks need. */
export interface ControlSummary {
  readonly deletions: readonly Deletion[];
  /** States of the event log that could not be compared. */
  readonly uncomparedStates: number;
  /** Whether an announced export of evidence shows the manifest's query. */
  readonly isQueryAnnounced: boolean;
}

/** Reads the whole control log and checks what each entry says against the event log and the manifest. */
export async function checkControlLog(context: ControlContext, findings: Findings): Promise<ControlSummary> {
  const { manifest, files, log, checkpoint, read } = context;
  const deletions: Deletion[] = [];
  const announcedKeys = new Set<string>();
  let uncomparedStates = 0;
  let isQueryAnnounced = false;
  let lastSize = 0;
  const reading = { files, log, size: Number(checkpoint.size), origin: `${manifest.origin}/control`, read };
  for await (const entry of readControlEntries(reading, findings)) {
    const report = (code: string, message: string) =>
      findings.add({ code, file: BUNDLE.control, index: entry.sequence, message });
    if (entry.eventLog.size < lastSize) report("control_size_decreased", "the event log was larger before");
    lastSize = Math.max(lastSize, entry.eventLog.size);
    const compared = await compareState(entry, context);
    if (compared === "not compared") uncomparedStates++;
    else if (compared !== undefined) report("control_state", compared);
    for (const value of Object.values(entry.terms)) if (typeof value === "string") announcedKeys.add(value);
    switch (entry.type) {
      case "genesis":
        checkGenesis(entry, manifest, report);
        break;
      case "retention.deleted": {
        const deletion = parseDeletion(entry.terms, entry.eventLog.size);
        if (deletion === undefined) report("control_undisclosed", "the entry does not show what was deleted");
        else deletions.push(deletion);
        break;
      }
      case "evidence.exported":
        isQueryAnnounced ||= entry.query === manifest.query;
        break;
      default:
        break;
    }
  }
  checkKeys(context.policy, announcedKeys, findings);
  return { deletions, uncomparedStates, isQueryAnnounced };
}

/** Compares the state of the event log that an entry names with the log itself; a sentence when they disagree. */
async function compareState(
  { eventLog }: ControlEntry,
  { manifest, eventHead, compareEventLog }: ControlContext,
): Promise<string | "not compared" | undefined> {
  if (eventLog.ledger !== manifest.ledger) return `it speaks of ledger ${eventLog.ledger}, not ${manifest.ledger}`;
  const state: Head = { size: BigInt(eventLog.size), root: eventLog.root };
  if (state.size > eventHead.size) {
    return `it speaks of ${state.size} events, where the bundle's event log has ${eventHead.size}`;
  }
  const isTrivial = state.size === eventHead.size || state.size === 0n;
  const known = state.size === 0n ? emptyRoot() : eventHead.root;
  if (isTrivial) return Buffer.compare(state.root, known) === 0 ? undefined : "the event log has another root there";
  if (compareEventLog === undefined) return "not compared";
  return (await compareEventLog(state))?.message;
}

type Report = (code: string, message: string) => void;

function checkGenesis({ terms }: ControlEntry, manifest: Manifest, report: Report): void {
  if (terms.format !== 1) report("format_unknown", `the log is of format ${JSON.stringify(terms.format)}`);
  if (terms.origin !== manifest.origin) report("origin_mismatch", `the genesis names ${JSON.stringify(terms.origin)}`);
}

/** The keys that the bundle's policy names are those that the control log has announced. */
function checkKeys(policy: Policy | undefined, announced: ReadonlySet<string>, findings: Findings): void {
  for (const { vkey } of policy?.logs ?? []) {
    if (announced.has(formatVkey(vkey))) continue;
    const message = `the control log has not announced the key ${formatVkey(vkey)}`;
    findings.add({ code: "key_unannounced", file: BUNDLE.policy, message });
  }
}
