import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const LINE_LENGTH = 108;

/** Compiles `assembly/index.ts` of a room to WebAssembly and returns the module's bytes. */
export function compileAssembly(room: string): Uint8Array {
  const manifest = createRequire(import.meta.url).resolve("assemblyscript/package.json");
  const directory = mkdtempSync(join(tmpdir(), "assembly-"));
  try {
    const out = join(directory, "module.wasm");
    // The stub runtime: nothing is allocated. No assertions: there is nothing to import.
    const flags = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"];
    const arguments_ = [join(dirname(manifest), "bin/asc.js"), "assembly/index.ts", ...flags, "--outFile", out];
    execFileSync(process.execPath, arguments_, { cwd: room, stdio: ["ignore", "ignore", "inherit"] });
    return new Uint8Array(readFileSync(out));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Writes the TypeScript file that carries a module. */
export function moduleSource(
  wasm: Uint8Array,
  { script, name, comment }: { readonly script: string; readonly name: string; readonly comment: string },
): string {
  const base64 = Buffer.from(wasm).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return [
    `// Generated from assembly/ by scripts/${script}; a test compiles it again and compares.`,
    "",
    `/** ${comment} */`,
    `export const ${name} = [`,
    ...lines.map((line) => `  "${line}",`),
    '].join("");',
    "",
  ].join("\n");
}
