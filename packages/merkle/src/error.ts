/** Names what was wrong; each parser of this room has its own code, so that a caller can switch on it. */
export type MerkleErrorCode =
  | "malformed_hex"
  | "malformed_base64"
  | "malformed_utf8"
  | "malformed_unit"
  | "malformed_entry"
  | "malformed_disclosure"
  | "malformed_compact_range"
  | "malformed_tile"
  | "malformed_tile_path"
  | "malformed_entry_bundle"
  | "malformed_note"
  | "malformed_vkey"
  | "malformed_checkpoint"
  | "malformed_cosignature"
  | "malformed_policy"
  | "malformed_proof"
  | "unsupported_key"
  | "unsupported_platform"
  | "unit_count"
  | "duplicate_commitment"
  | "missing_node"
  | "out_of_range";

/**
 * Reports bytes that do not have the shape their format demands, or an argument outside its range.
 *
 * It is the only error that any function of this room throws, whatever it is given. Nothing can be retried: the input
 * has to change.
 */
export class MerkleError extends Error {
  override readonly name = "MerkleError";
  readonly code: MerkleErrorCode;
  /** Position of the offending item in the caller's batch or file (0-based), where there is one. */
  readonly position: number | undefined;

  constructor(code: MerkleErrorCode, message: string, options: { position?: number; cause?: unknown } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.position = options.position;
  }
}

/** Throws `out_of_range` unless `value` is a whole number from 0 to 2^53 - 1. */
export function assertIndex(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new MerkleError("out_of_range", `${name} must be a whole number from 0 to 2^53 - 1, not ${value}`);
  }
}
