import { MerkleError } from "../error.ts";
import { createJsKernel } from "./js-kernel.ts";
import type { HashKernel } from "./kernel.ts";
import { createWasmKernel } from "./wasm-kernel.ts";

/** Creates the fastest batch hasher this platform has. Compiling takes a few milliseconds the first time: keep it. */
export function createHashKernel(): HashKernel {
  try {
    return createWasmKernel();
  } catch (error) {
    if (error instanceof MerkleError && error.code === "unsupported_platform") return createJsKernel();
    throw error;
  }
}

let shared: HashKernel | undefined;

/** Gives the room's own kernel, for functions whose caller brought none. They copy its answers before returning. */
export function sharedKernel(): HashKernel {
  shared ??= createHashKernel();
  return shared;
}
