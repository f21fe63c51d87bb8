// Compiles assembly/ to WebAssembly and writes it, as base64, into src/sha256/kernel-wasm.ts:
//   node packages/merkle/scripts/build-kernel.ts

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileAssembly, moduleSource } from "../../../scripts/compile-assembly.ts";

const ROOM = join(import.meta.dirname, "..");
const TARGET = join(ROOM, "src/sha256/kernel-wasm.ts");

/** Compiles the kernel and returns the TypeScript file that carries it. */
export function buildKernel(): string {
  return moduleSource(compileAssembly(ROOM), {
    script: "build-kernel.ts",
    name: "KERNEL_WASM",
    comment: "The batch SHA-256 kernel, compiled to WebAssembly with SIMD, as base64.",
  });
}

if (process.argv[1] === import.meta.filename) writeFileSync(TARGET, buildKernel());
