import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERRORS } from "./errors.ts";

test("docs/errors.md and the catalog name the same codes, statuses and advice", () => {
  const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
  const documented = new Map(
    [...page.matchAll(/^\| `([a-z0-9_]+)` \| (\d+) \| (yes|no) \| (.+) \|$/gm)].map((match) => [
      match[1],
      match.slice(2),
    ]),
  );
  const catalog = new Map(
    Object.entries(ERRORS).map(([code, { status, retryable, fix }]) => [
      code,
      [String(status), retryable ? "yes" : "no", fix],
    ]),
  );
  expect(documented).toEqual(catalog);
});
