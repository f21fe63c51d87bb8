import { type Ed25519Verify, ed25519Verifier } from "../note/ed25519.ts";
import type { NoteVerifier } from "../note/signer.ts";
import { SIGNATURE_TYPE, type Vkey } from "../note/vkey.ts";
import { cosignatureVerifier } from "./cosignature.ts";

/** Makes the verifier of a key, or gives undefined for a type it does not know: such signatures then count for nothing. */
export type VerifierFactory = (vkey: Vkey) => NoteVerifier | undefined;

/** Makes the factory for Ed25519 keys, of logs and of cosigners; other types are unknown to it. */
export function ed25519VerifierFactory(options: { readonly verifyEd25519?: Ed25519Verify } = {}): VerifierFactory {
  return (vkey) => {
    switch (vkey.type) {
      case SIGNATURE_TYPE.ed25519:
        return ed25519Verifier(vkey, options);
      case SIGNATURE_TYPE.ed25519Cosignature:
        return cosignatureVerifier(vkey, options);
      default:
        return undefined;
    }
  };
}
