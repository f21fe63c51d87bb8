import {
  bytesEqual,
  ed25519Verifier,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  restoreCompactRange,
  signNote,
} from "@cairn/merkle";
import { deriveLogKey, verifyNative } from "../crypto/signer.ts";
import { checkpointSigners, logVkey } from "../seal/note-signer.ts";
import { readHead, type StoredHead } from "../seal/sealer.ts";
import type { Database } from "../storage/database.ts";
import type { LogState } from "../storage/logs.ts";
import type { FindingPlace, Findings } from "./finding.ts";
import type { RootClaim } from "./tree-check.ts";

/** What the check of a log's signed heads needs. */
export interface HeadContext {
  readonly db: Database;
  readonly log: LogState;
  readonly notes: NoteCheck;
  readonly findings: Findings;
}

/** Tells whether a note is what the log's key signs for a text. */
export type NoteCheck = (note: string, text: string) => boolean;

/** Makes the check of a log's notes. Ed25519 signs a text in one way only: every byte is compared beside verifying. */
export function createNoteCheck(state: Pick<LogState, "log" | "origin">, signingSecret: Uint8Array): NoteCheck {
  const { origin } = state;
  const keyOf = (name: string) => deriveLogKey(signingSecret, name);
  const log = [ed25519Verifier(logVkey(origin, keyOf(origin)), { verifyEd25519: verifyNative })];
  const signers = checkpointSigners(state, keyOf);
  return (note, text) => openCheckpoint(note, { log, origin }).ok && note === signNote(text, signers);
}

/** Checks the signed head of a log as far as that needs no entries, and gives what it says of them. */
export function checkHead({ db, log, notes, findings }: HeadContext): {
  readonly head: StoredHead | undefined;
  readonly claims: readonly RootClaim[];
} {
  const head = readHead(db, log);
  const place = { table: "heads", key: logKey(log), origin: log.origin };
  if (head === undefined) return { head, claims: [] };
  if (head.size > log.size)
    findings.add("head_ahead", place, `the head is of ${head.size} entries, and ${log.size} are committed`);
  const text = formatCheckpoint({ origin: log.origin, size: BigInt(head.size), root: head.root });
  if (!notes(head.note, text))
    findings.add("head_note_wrong", place, "the checkpoint is not what the log's key signs for this size and root");
  if (!hasRoot(head)) findings.add("head_frontier_wrong", place, "the frontier does not have the head's size and root");
  return { head, claims: [{ ...head, code: "head_root_wrong", place, claimant: "the head" }] };
}

/** Checks the signatures of older checkpoints and gives what they say of the entries. */
export function checkOldCheckpoints({ db, log, notes, findings }: HeadContext): RootClaim[] {
  const rows = db.all<{ size: number; note: string }>(
    "SELECT size, note FROM old_checkpoints WHERE tenant_no = ? AND log = ? AND ledger = ? ORDER BY size",
    log.tenantNo,
    log.log,
    log.ledger,
  );
  return rows.flatMap(({ size, note }): RootClaim[] => {
    const place: FindingPlace = { table: "old_checkpoints", key: `${logKey(log)}/${size}`, origin: log.origin };
    const root = rootOf(note);
    const text = root && formatCheckpoint({ origin: log.origin, size: BigInt(size), root });
    if (root === undefined || text === undefined || !notes(note, text)) {
      findings.add("old_checkpoint_wrong", place, "the checkpoint is not one that the log's key signed for this size");
      return [];
    }
    return [{ size, root, code: "old_checkpoint_wrong", place, claimant: "an older checkpoint" }];
  });
}

/** Row key of what there is once per log and epoch. */
export function logKey({ tenantNo, log, ledger }: Pick<LogState, "tenantNo" | "log" | "ledger">): string {
  return `${tenantNo}/${log}/${ledger}`;
}

function rootOf(note: string): Uint8Array | undefined {
  try {
    return parseCheckpoint(parseNote(note).text).root;
  } catch {
    return undefined;
  }
}

function hasRoot({ frontier, size, root }: StoredHead): boolean {
  try {
    const range = restoreCompactRange(frontier);
    return range.size === size && bytesEqual(range.root(), root);
  } catch {
    return false;
  }
}
