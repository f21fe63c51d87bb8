import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildKernel } from "../../scripts/build-kernel.ts";

test("the committed kernel is what its source compiles to", () => {
  const committed = readFileSync(join(import.meta.dirname, "kernel-wasm.ts"), "utf8");
  expect(committed === buildKernel()).toBe(true);
});
