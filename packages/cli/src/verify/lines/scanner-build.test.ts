import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildScanner } from "../../../scripts/build-scanner.ts";

test("the committed scanner is what its source compiles to", () => {
  const committed = readFileSync(join(import.meta.dirname, "scanner-wasm.ts"), "utf8");
  expect(committed === buildScanner()).toBe(true);
});
