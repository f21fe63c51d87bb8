// Compiles assembly/ to WebAssembly and writes it, as base64, into src/compile/compiler-wasm.ts:
//   node packages/event/scripts/build-compiler.ts

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileAssembly, moduleSource } from "../../../scripts/compile-assembly.ts";

const ROOM = join(import.meta.dirname, "..");
const TARGET = join(ROOM, "src/compile/compiler-wasm.ts");

/** Compiles the compiler of plain events and returns the TypeScript file that carries it. */
export function buildCompiler(): string {
  return moduleSource(compileAssembly(ROOM), {
    script: "build-compiler.ts",
    name: "COMPILER_WASM",
    comment: "The compiler of plain events, as WebAssembly with SIMD, in base64.",
  });
}

if (process.argv[1] === import.meta.filename) writeFileSync(TARGET, buildCompiler());
