/** Longest note read: room for a hundred post-quantum signatures of nearly 5 kB in base64. */
export const MAX_NOTE_BYTES = 1 << 20;

/** Most signature lines read. C2SP demands at least 16; each known one costs a verification. */
export const MAX_SIGNATURES = 100;

/** Longest vkey read, in characters: an ML-DSA-44 key is 1,752 of base64, to which comes a name. */
export const MAX_VKEY_LENGTH = 16_384;
