/**
 * Hashes batches of messages, four at a time where WebAssembly SIMD is there. One per thread; every call is synchronous.
 *
 * The arrays that it returns are views of its own memory. Each stays valid until the next call of any method, with one
 * liberty: it may be handed to that next call, which then does not copy it. Copy what has to live longer.
 */
export interface HashKernel {
  readonly implementation: "wasm" | "js";

  /** Makes room for a batch of messages and returns it, for the caller to write them into. Its content is undefined. */
  input(byteLength: number): Uint8Array;

  /**
   * Computes SHA-256 of `count` messages that lie in the last `input`, at `offsets` and of `lengths` bytes (empty and
   * overlapping ones are allowed); returns 32 bytes a message, in their order. Throws `out_of_range`.
   */
  hashMessages(offsets: Uint32Array, lengths: Uint32Array, count: number): Uint8Array;

  /**
   * Computes the event root of each event; returns 32 bytes an event.
   *
   * `commitments` holds 32 bytes each, event after event; `counts[i]` says how many belong to event i. Throws
   * `unit_count` for a count outside 1 to 1024 and `duplicate_commitment` with the event's position.
   */
  eventRoots(commitments: Uint8Array, counts: Uint16Array | Uint32Array): Uint8Array;

  /** Computes RFC 6962 leaf hashes of `count` entries of 42 bytes each, one after the other. */
  leafHashes(entries: Uint8Array, count: number): Uint8Array;

  /** Computes the RFC 6962 parents of hashes taken in pairs. Throws `out_of_range` for an odd number. */
  nodeLevel(hashes: Uint8Array): Uint8Array;
}
