import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildCompiler } from "../../scripts/build-compiler.ts";

test("the committed compiler is what its source compiles to", () => {
  const committed = readFileSync(join(import.meta.dirname, "compiler-wasm.ts"), "utf8");
  expect(committed === buildCompiler()).toBe(true);
});
