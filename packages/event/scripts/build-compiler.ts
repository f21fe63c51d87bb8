// Compiles assembly/ to WebAssembly and writes it, as base64, into src/compile/compiler-wasm.ts:
//   node packages/event/scripts/build-compiler.ts

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOM = join(import.meta.dirname, "..");
const TARGET = join(ROOM, "src/compile/compiler-wasm.ts");
const LINE_LENGTH = 108;

/** Compiles the assembly and returns the module's bytes. */
export function compileAssembly(): Uint8Array {
  const manifest = createRequire(import.meta.url).resolve("assemblyscript/package.json");
  const directory = mkdtempSync(join(tmpdir(), "compiler-"));
  try {
    const out = join(directory, "compiler.wasm");
    // The stub runtime: nothing is allocated. No assertions: there is nothing to import.
    const flags = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"];
    const arguments_ = [join(dirname(manifest), "bin/asc.js"), "assembly/index.ts", ...flags, "--outFile", out];
    execFileSync(process.execPath, arguments_, { cwd: ROOM, stdio: ["ignore", "ignore", "inherit"] });
    return new Uint8Array(readFileSync(out));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Writes the TypeScript file that carries the module. */
export function compilerSource(wasm: Uint8Array): string {
  const base64 = Buffer.from(wasm).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return [
    "// Generated from assembly/ by scripts/build-compiler.ts; a test compiles it again and compares.",
    "",
    "/** The compiler of plain events, as WebAssembly with SIMD, in base64. */",
    "export const COMPILER_WASM = [",
    ...lines.map((line) => `  "${line}",`),
    '].join("");',
    "",
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) writeFileSync(TARGET, compilerSource(compileAssembly()));
