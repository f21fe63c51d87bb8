import { bytesToHex, formatVkey } from "@cairn/merkle";
import type { ControlSummary } from "./control-log.ts";
import type { EventCounts } from "./disclosed-events.ts";
import type { Findings } from "./finding.ts";
import type { Manifest } from "./manifest.ts";
import { hasPins, type Pins } from "./pins.ts";
import type { Signer, VerifyReport } from "./report.ts";
import type { SignedHead } from "./signed-head.ts";

/** How far the verification of a bundle has come. */
export interface BundleState {
  readonly manifest?: Manifest;
  readonly heads?: readonly SignedHead[];
  readonly counts?: EventCounts;
  readonly control?: ControlSummary;
  readonly olderCheckpoints?: number;
}

/** Sums up: wrong when there is any finding, verified when both logs are signed by keys that the auditor knows. */
export function reportOf(
  state: BundleState,
  { findings, pins }: { readonly findings: Findings; readonly pins: Pins },
): VerifyReport {
  const { manifest, heads = [], counts, control, olderCheckpoints = 0 } = state;
  const event = heads.find(({ log }) => log === "event");
  const isPinned = heads.length === 2 && heads.every(({ pinnedKeys }) => pinnedKeys.length > 0);
  return {
    result: findings.list.length > 0 ? "wrong" : isPinned ? "verified" : "unpinned",
    kind: manifest?.kind,
    origin: manifest?.origin,
    ledger: manifest?.ledger,
    size: manifest?.size,
    root: event === undefined ? undefined : bytesToHex(event.checkpoint.root),
    query: manifest?.query,
    events: { shown: counts?.shown ?? 0, redacted: counts?.redacted ?? 0, deleted: counts?.deleted ?? 0 },
    controlEntries: sizeOf(heads.find(({ log }) => log === "control")),
    olderCheckpoints,
    signers: heads.flatMap(signersOf),
    findings: findings.list,
    isTruncated: findings.isTruncated,
    notes: notesOf({ heads, control, isAnythingPinned: hasPins(pins) }),
  };
}

function signersOf({ log, signers, pinnedKeys }: SignedHead): readonly Signer[] {
  const keys = [...signers, ...pinnedKeys].map(formatVkey);
  const pinned = new Set(pinnedKeys.map(formatVkey));
  return [...new Set(keys)].map((vkey) => ({ log, vkey, isPinned: pinned.has(vkey) }));
}

function notesOf(from: {
  readonly heads: readonly SignedHead[];
  readonly control: ControlSummary | undefined;
  readonly isAnythingPinned: boolean;
}): readonly string[] {
  const notes: string[] = [];
  for (const { log, pinnedKeys } of from.heads) {
    if (!from.isAnythingPinned || pinnedKeys.length > 0) continue;
    notes.push(`the signer of the ${log} log is not among what was given: pin its key as well`);
  }
  const uncompared = from.control?.uncomparedStates ?? 0;
  if (uncompared > 0) {
    notes.push(`${uncompared} states of the event log that control entries name could not be compared with it`);
  }
  return notes;
}

/** Gives the size of a log. */
export function sizeOf(head: SignedHead | undefined): number | undefined {
  return head === undefined ? undefined : Number(head.checkpoint.size);
}
