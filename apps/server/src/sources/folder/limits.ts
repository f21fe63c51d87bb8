/** Files followed in one folder: what is known of each is written with every step. */
export const MAX_FILES = 10_000;
/** Bytes read of one file before others get their turn, and the room for a record. */
export const WINDOW_BYTES = 2 << 20;
/** Longest record of a line format: an event holds 256 KiB. */
export const MAX_RECORD_BYTES = 1 << 20;
/** Largest file that is read as a whole, unpacked: parsed it takes about ten times as much memory. */
export const MAX_DOCUMENT_BYTES = 32 << 20;
/** Records taken of one file before others get their turn. */
export const RECORDS_OF_A_FILE = 2_000;
/** Events recorded between two checkpoints. */
export const EVENTS_OF_A_LOOK = 5_000;
/** Bytes at the beginning of a file, and before the place where it was left, by which it is known again. */
export const FINGERPRINT_BYTES = 1_024;
/** How long a file that is gone is remembered: it may only have been moved for a while. */
export const REMEMBERED_MS = 24 * 3_600_000;
/** Warnings shown. */
export const MAX_WARNINGS = 20;
/** Time between two looks when the settings do not say: directories on a network tell of no changes. */
export const INTERVAL_SECONDS = 2;
/** How long a file that is read as a whole has to stand still when the settings do not say. */
export const SETTLE_SECONDS = 5;
