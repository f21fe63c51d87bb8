import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PARQUET_COLUMNS } from "./columns.ts";

test("docs/formats/exports.md has every column of a Parquet file, in order", () => {
  const page = readFileSync(new URL("../../../../../docs/formats/exports.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n## Parquet\n");
  const rows = [...section.matchAll(/^\| `(\w+)` \| (.+?) \|/gm)].map(([, name, type]) => [name, type]);
  expect(rows).toEqual(PARQUET_COLUMNS.map(({ name, type }) => [name, type]));
});
