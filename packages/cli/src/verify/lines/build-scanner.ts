// Compiles assembly/ to WebAssembly and writes it, as base64, into scanner-wasm.ts:
//   node packages/cli/src/verify/lines/build-scanner.ts

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileAssembly, moduleSource } from "../../../../../scripts/compile-assembly.ts";

/** Compiles the scanner and returns the TypeScript file that carries it. */
export function buildScanner(): string {
  return moduleSource(compileAssembly(import.meta.dirname), {
    script: "build-scanner.ts",
    name: "SCANNER_WASM",
    comment: "The scanner of disclosed lines, as WebAssembly with SIMD, in base64.",
  }).replace("scripts/build-scanner.ts", "build-scanner.ts");
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(join(import.meta.dirname, "scanner-wasm.ts"), buildScanner());
