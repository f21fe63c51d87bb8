/** The answer of a proof check. A failed proof is an answer, not an exception. */
export type ProofVerdict = { readonly ok: true } | Refutation;

/** Says why a proof does not hold. */
export interface Refutation {
  readonly ok: false;
  readonly code: ProofRefusal;
  readonly message: string;
}

/** Names what does not hold. */
export type ProofRefusal = "size_out_of_range" | "proof_wrong_length" | "malformed_hash" | "root_mismatch";

/** The answer for a proof that holds. */
export const PROVEN: ProofVerdict = { ok: true };

/** Makes the answer for a proof that does not hold. */
export function refuted(code: ProofRefusal, message: string): Refutation {
  return { ok: false, code, message };
}
