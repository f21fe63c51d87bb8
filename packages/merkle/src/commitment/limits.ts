/** Bytes of an event or control entry: version, kind, time, event root. */
export const ENTRY_LENGTH = 42;

/** Bytes of a tenant-checkpoint entry: version, kind, time, origin hash, size, root. */
export const CHECKPOINT_ENTRY_LENGTH = 82;

/** Most units an event can have: fixed by format v1, so that verifying one event stays cheap. */
export const MAX_UNITS = 1024;

/** Bytes of a unit's salt: 128 random bits, so that a hidden value cannot be guessed from its commitment. */
export const SALT_LENGTH = 16;

/** Longest path of a unit in UTF-8 bytes: its length is stored in two. */
export const MAX_PATH_BYTES = 0xffff;
