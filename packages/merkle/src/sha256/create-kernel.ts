import { createJsKernel } from "./js-kernel.ts";
import type { HashKernel } from "./kernel.ts";
import { createWasmKernel, isWasmKernelSupported } from "./wasm-kernel.ts";

/** Creates the fastest batch hasher this platform has. Compiling takes a few milliseconds the first time: keep it. */
export function createHashKernel(): HashKernel {
  return isWasmKernelSupported() ? createWasmKernel() : createJsKernel();
}

let shared: HashKernel | undefined;

/** Gives the room's own kernel, for functions whose caller brought none. They copy its answers before returning. */
export function sharedKernel(): HashKernel {
  shared ??= createHashKernel();
  return shared;
}
