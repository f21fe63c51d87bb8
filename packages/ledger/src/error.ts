/** Why the ledger stops or refuses. `docs/errors.md` tells operators what to do about each. */
export type LedgerErrorCode =
  /** Bytes on disk disagree with what the ledger knows: stop and run fsck. */
  | "corrupt"
  /** The state directory has signed something newer than this data directory holds. */
  | "rollback"
  /** Somebody else holds the data directory. */
  | "locked"
  /** A stored format is newer than this program. */
  | "format_newer"
  /** A key that is needed has been destroyed or never existed. */
  | "key_missing"
  /** The wall clock went ahead of time elapsed. */
  | "clock_jumped"
  /** Too little disk is free. */
  | "disk_full"
  /** What was asked for does not exist. */
  | "not_found"
  /** The state directory does not belong to this data directory. */
  | "state_mismatch";

/** The typed error of this room. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "LedgerError";
    this.code = code;
  }
}

/** Throws when an invariant of the code itself does not hold; never caught to go on. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`BUG: ${message}`);
}
