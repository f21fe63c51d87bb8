import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FINDING_CODES } from "./finding.ts";

test("docs/errors.md says of each what it means", () => {
  const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n## Findings of `cairn fsck`\n");
  const documented = [...(section.split(/^##/m)[0] ?? "").matchAll(/^\| `([a-z0-9_]+)` \| ./gm)].map(
    (match) => match[1],
  );
  expect(documented).toEqual([...FINDING_CODES]);
});
