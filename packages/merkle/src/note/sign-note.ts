import { encodeUtf8 } from "../bytes/utf8.ts";
import { formatNote, type NoteSignature } from "./note.ts";
import type { NoteSigner } from "./signer.ts";

/** Signs a text, which ends in a newline, with each of the keys. Throws `malformed_note` or `malformed_utf8` for a text no note can have. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  const bytes = encodeUtf8(text);
  return formatNote({ text, signatures: signers.map((signer) => signatureOf(signer, bytes)) });
}

function signatureOf(signer: NoteSigner, text: Uint8Array): NoteSignature {
  return { name: signer.name, keyId: signer.keyId, signature: signer.sign(text) };
}
