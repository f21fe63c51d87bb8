import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { LedgerErrorCode } from "./error.ts";

/** The compiler holds this to the type: none missing, none too many. */
const CODES: Readonly<Record<LedgerErrorCode, true>> = {
  corrupt: true,
  rollback: true,
  locked: true,
  format_newer: true,
  key_missing: true,
  clock_jumped: true,
  disk_full: true,
  not_found: true,
  state_mismatch: true,
};

test("docs/errors.md says of each what it means", () => {
  const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n## Of the ledger\n");
  const documented = [...(section.split(/^##/m)[0] ?? "").matchAll(/^\| `([a-z0-9_]+)` \| ./gm)].map(
    (match) => match[1],
  );
  expect(documented).toEqual(Object.keys(CODES));
});
