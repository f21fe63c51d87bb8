import { MerkleError } from "../error.ts";
import { type Note, parseNote } from "../note/note.ts";
import { isSignedBy, type VerifiedSignature, verifyParsedNote } from "../note/open-note.ts";
import type { NoteVerifier } from "../note/signer.ts";
import { type ParsedCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { parseCosignature } from "./cosignature.ts";

/** A witness's word, verified: by this time it had seen no larger head of this log, and none inconsistent with it. */
export interface VerifiedCosignature {
  readonly verifier: NoteVerifier;
  /** Unix seconds. The room has no clock: whether that is in the future is the caller's to judge. */
  readonly timestampSeconds: bigint;
}

/** Says whether a checkpoint is signed by its log, and if not, why. */
export type CheckpointVerdict =
  | {
      readonly ok: true;
      readonly checkpoint: ParsedCheckpoint;
      readonly note: Note;
      readonly logSignatures: readonly VerifiedSignature[];
      readonly cosignatures: readonly VerifiedCosignature[];
    }
  | { readonly ok: false; readonly code: CheckpointRefusal; readonly message: string };

/** Names why a checkpoint was refused. */
export type CheckpointRefusal =
  | "malformed_note"
  | "malformed_checkpoint"
  | "origin_mismatch"
  | "signature_invalid"
  | "no_log_signature";

/** Whom to believe. */
export interface CheckpointTrust {
  /** Demands this origin; without it any is accepted. */
  readonly origin?: string;
  /** Keys of the log, one of which must have signed. */
  readonly log: readonly NoteVerifier[];
  /** Keys of witnesses; a known one that signed badly refuses the checkpoint, one that did not sign is nothing. */
  readonly witnesses?: readonly NoteVerifier[];
}

/** Verifies a signed checkpoint: C2SP tlog-checkpoint. Witnesses alone never stand in for the log's own signature. */
export function openCheckpoint(signed: Uint8Array | string, trust: CheckpointTrust): CheckpointVerdict {
  try {
    const note = parseNote(signed);
    return verifyParsedCheckpoint(note, parseCheckpoint(note.text), trust);
  } catch (error) {
    if (error instanceof MerkleError && (error.code === "malformed_note" || error.code === "malformed_checkpoint")) {
      return refused(error.code, error.message);
    }
    throw error;
  }
}

/** Verifies a checkpoint that has been taken apart; see `openCheckpoint`. */
export function verifyParsedCheckpoint(
  note: Note,
  checkpoint: ParsedCheckpoint,
  trust: CheckpointTrust,
): CheckpointVerdict {
  const { origin = checkpoint.origin, log, witnesses = [] } = trust;
  if (checkpoint.origin !== origin) {
    return refused("origin_mismatch", `the checkpoint is of ${checkpoint.origin}, not of ${origin}`);
  }
  const verdict = verifyParsedNote(note, [...log, ...witnesses]);
  if (!verdict.ok && verdict.code === "signature_invalid") return refused(verdict.code, verdict.message);
  const verified = verdict.ok ? verdict.verified : [];
  const logSignatures = verified.filter((line) => isSignedBy(line, log));
  if (logSignatures.length === 0) return refused("no_log_signature", "the checkpoint is not signed by its log");
  try {
    const cosignatures = verified
      .filter((line) => isSignedBy(line, witnesses))
      .map(({ verifier, signature }) => ({ verifier, timestampSeconds: parseCosignature(signature).timestampSeconds }));
    return { ok: true, checkpoint, note, logSignatures, cosignatures };
  } catch (error) {
    // Only a verifier that is no cosigner's lets such a blob pass.
    if (error instanceof MerkleError) return refused("signature_invalid", error.message);
    throw error;
  }
}

function refused(code: CheckpointRefusal, message: string): CheckpointVerdict {
  return { ok: false, code, message };
}
