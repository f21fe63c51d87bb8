// Compiles assembly/ to WebAssembly and writes it, as base64, into src/verify/lines/scanner-wasm.ts:
//   node packages/cli/scripts/build-scanner.ts

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileAssembly, moduleSource } from "../../../scripts/compile-assembly.ts";

const ROOM = join(import.meta.dirname, "..");
const TARGET = join(ROOM, "src/verify/lines/scanner-wasm.ts");

/** Compiles the scanner and returns the TypeScript file that carries it. */
export function buildScanner(): string {
  return moduleSource(compileAssembly(ROOM), {
    script: "build-scanner.ts",
    name: "SCANNER_WASM",
    comment: "The scanner of disclosed lines, as WebAssembly with SIMD, in base64.",
  });
}

if (process.argv[1] === import.meta.filename) writeFileSync(TARGET, buildScanner());
