import { encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { type Note, type NoteSignature, parseNote } from "./note.ts";
import type { NoteVerifier } from "./signer.ts";

/** A signature that a known key has made. */
export interface VerifiedSignature extends NoteSignature {
  readonly verifier: NoteVerifier;
}

/** Says whether a note is signed by a key that the caller knows, and if not, why. */
export type NoteVerdict =
  | { readonly ok: true; readonly note: Note; readonly verified: readonly VerifiedSignature[] }
  | {
      readonly ok: false;
      readonly code: "malformed_note" | "signature_invalid" | "no_known_signature";
      readonly message: string;
    };

/**
 * Verifies a signed note against the keys given: C2SP signed-note.
 *
 * Lines of unknown keys are passed over, known by name and key ID together. One bad line of a known key refuses the
 * whole note, and so does the absence of any good one.
 */
export function openNote(note: Uint8Array | string, verifiers: readonly NoteVerifier[]): NoteVerdict {
  let parsed: Note;
  try {
    parsed = parseNote(note);
  } catch (error) {
    if (error instanceof MerkleError) return { ok: false, code: "malformed_note", message: error.message };
    throw error;
  }
  return verifyParsedNote(parsed, verifiers);
}

/** Verifies a note that has been taken apart; see `openNote`. */
export function verifyParsedNote(note: Note, verifiers: readonly NoteVerifier[]): NoteVerdict {
  const text = encodeUtf8(note.text);
  const verified: VerifiedSignature[] = [];
  for (const line of note.signatures) {
    const known = verifiers.filter((verifier) => verifier.name === line.name && verifier.keyId === line.keyId);
    if (known.length === 0) continue;
    // Key IDs are 32 bits: two keys of one name can share one, and then either may have signed.
    const verifier = known.find((candidate) => candidate.verify(text, line.signature));
    if (verifier === undefined) {
      return { ok: false, code: "signature_invalid", message: `the signature of ${line.name} does not verify` };
    }
    verified.push({ ...line, verifier });
  }
  return verified.length > 0
    ? { ok: true, note, verified }
    : { ok: false, code: "no_known_signature", message: "no signature is by a known key" };
}

/** Tells whether a line was made by one of the keys. */
export function isSignedBy(line: VerifiedSignature, verifiers: readonly NoteVerifier[]): boolean {
  return verifiers.includes(line.verifier);
}
