// Batch SHA-256 in WebAssembly SIMD. All addresses are given by the caller, who owns the memory from heapBase() on.

export { hashMessages } from "./messages";
export { leafHashes, nodeHashes } from "./tree";
export { eventRoots } from "./event-roots";

/** First address that is free for the caller. */
export function heapBase(): usize {
  return __heap_base;
}
