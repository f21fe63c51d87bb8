import { bytesToHex, formatVkey, MerkleError, parseTlogProof } from "@cairn/merkle";
import { type EventProofVerdict, verifyEventProof } from "@cairn/sdk";
import { createFindings } from "./finding.ts";
import { checkTrivial } from "./log-consistency.ts";
import { hasPins, type Pins } from "./pins.ts";
import type { VerifyReport } from "./report.ts";
import { createVerifier, openHead, type SignedHead } from "./signed-head.ts";

/** Verifies a single `.tlog-proof`: that its event is in the log whose checkpoint it carries, and who signed that. */
export function verifyProofFile(file: string, bytes: Uint8Array, pins: Pins): VerifyReport {
  const findings = createFindings();
  const verdict = verifyEventProof(bytes, { kind: "none" }, { createVerifier });
  if (!verdict.ok) {
    findings.add({ code: verdict.code, file, message: verdict.message });
    return report(verdict, { findings: findings.list, isPinned: false, notes: [] });
  }
  const { checkpoint } = verdict;
  const opening = { log: "event", file, origin: checkpoint.origin, vouchers: [], policy: undefined, pins } as const;
  const head = openHead(noteOf(bytes), opening, findings);
  let isKnown = false;
  const notes: string[] = [];
  for (const known of pins.known) {
    if (known.checkpoint.origin !== checkpoint.origin) {
      findings.add({ code: "pin_other_log", file: known.file, message: `it is of ${known.checkpoint.origin}` });
      continue;
    }
    const compared = checkTrivial(known.checkpoint, checkpoint);
    if (compared === undefined && known.checkpoint.size > 0n) isKnown = true;
    else if (compared !== undefined && compared !== "to be proven" && compared.kind === "inconsistent") {
      findings.add({ code: "inconsistent_checkpoint", file: known.file, message: compared.message });
    } else notes.push(`a proof alone does not tell whether its checkpoint grew out of ${known.file}`);
  }
  const isPinned = isKnown || (head?.pinnedKeys.length ?? 0) > 0;
  if (hasPins(pins) && !isPinned) notes.push("nothing that was given vouches for the checkpoint in the proof");
  return report(verdict, { findings: findings.list, isPinned, notes, ...(head === undefined ? {} : { head }) });
}

function noteOf(bytes: Uint8Array): Uint8Array {
  try {
    return parseTlogProof(bytes).checkpoint;
  } catch (error) {
    if (error instanceof MerkleError) return new Uint8Array(0); // it has been parsed before
    throw error;
  }
}

function report(
  verdict: EventProofVerdict,
  state: Pick<VerifyReport, "findings" | "notes"> & { readonly isPinned: boolean; readonly head?: SignedHead },
): VerifyReport {
  const { findings, notes, isPinned, head } = state;
  const checkpoint = verdict.ok ? verdict.checkpoint : undefined;
  const isShown = verdict.ok && verdict.units !== undefined;
  const isRedacted = verdict.ok && verdict.redactedCount > 0;
  return {
    result: findings.length > 0 ? "wrong" : isPinned ? "verified" : "unpinned",
    kind: "proof",
    origin: checkpoint?.origin,
    ledger: undefined,
    size: checkpoint === undefined ? undefined : Number(checkpoint.size),
    root: checkpoint === undefined ? undefined : bytesToHex(checkpoint.root),
    query: undefined,
    events: { shown: isShown && !isRedacted ? 1 : 0, redacted: isShown && isRedacted ? 1 : 0, deleted: 0 },
    controlEntries: undefined,
    olderCheckpoints: 0,
    signers: (head?.pinnedKeys ?? []).map((vkey) => ({ log: "event", vkey: formatVkey(vkey), isPinned: true })),
    findings,
    isTruncated: false,
    notes,
  };
}
