/** Checks the signatures of one key. Implement it with any cryptographic library. */
export interface NoteVerifier {
  readonly name: string;
  /** Unsigned 32-bit number. */
  readonly keyId: number;
  /** Tells whether `signature` (without key ID) is this key's over a note's text in UTF-8. Must not throw. */
  verify(text: Uint8Array, signature: Uint8Array): boolean;
}

/** Makes the signatures of one key. */
export interface NoteSigner {
  readonly name: string;
  /** Unsigned 32-bit number. */
  readonly keyId: number;
  /** Signs a note's text in UTF-8; returns the signature without key ID. */
  sign(text: Uint8Array): Uint8Array;
}
