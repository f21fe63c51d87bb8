import type { VerifierFactory } from "../checkpoint/verifier-factory.ts";
import { MerkleError } from "../error.ts";
import type { Policy } from "../policy/policy.ts";
import { type PolicyRefusal, type PolicyVerdict, satisfiesPolicy } from "../policy/satisfies-policy.ts";
import type { ProofRefusal } from "../tree/verdict.ts";
import { verifyInclusion } from "../tree/verify-inclusion.ts";
import { parseTlogProof, type TlogProof } from "./tlog-proof.ts";

/** Says whether an entry is in a log that the policy accepts, and if not, why. */
export type TlogProofVerdict =
  | { readonly ok: true; readonly proof: TlogProof; readonly head: Extract<PolicyVerdict, { readonly ok: true }> }
  | {
      readonly ok: false;
      readonly code: "malformed_proof" | PolicyRefusal | ProofRefusal;
      readonly message: string;
    };

/**
 * Verifies that the entry of `leafHash` is in a log whose checkpoint satisfies the policy: C2SP tlog-proof.
 *
 * Nothing of the proof's `extra` is looked at: the leaf hash comes from an entry that the caller got elsewhere, or rebuilt
 * from `extra` and checked.
 */
export function verifyTlogProof(
  proof: Uint8Array,
  expected: { readonly leafHash: Uint8Array; readonly policy: Policy; readonly createVerifier?: VerifierFactory },
): TlogProofVerdict {
  let parsed: TlogProof;
  try {
    parsed = parseTlogProof(proof);
  } catch (error) {
    if (error instanceof MerkleError) return { ok: false, code: "malformed_proof", message: error.message };
    throw error;
  }
  const head = satisfiesPolicy(expected.policy, parsed.checkpoint, expected);
  if (!head.ok) return head;
  const claim = { leafIndex: parsed.index, leafHash: expected.leafHash, hashes: parsed.hashes };
  const inclusion = verifyInclusion(claim, head.checkpoint);
  return inclusion.ok ? { ok: true, proof: parsed, head } : inclusion;
}
