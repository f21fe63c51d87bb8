import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EXIT } from "./exit-code.ts";

test("docs/errors.md says what each exit code means", () => {
  const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n## Exit codes of `cairn`\n");
  const documented = [...(section.split(/^##/m)[0] ?? "").matchAll(/^\| `(\d+)` \| ./gm)].map((match) =>
    Number(match[1]),
  );
  // `serve` ends with 70 (EX_SOFTWARE of sysexits) by itself when a thread has stopped.
  expect(documented).toEqual([...Object.values(EXIT), 70].sort((a, b) => a - b));
});
