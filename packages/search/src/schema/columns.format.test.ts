import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EVENT_COLUMNS } from "./columns.ts";
import { INDEX_SCHEMA_VERSION } from "./tables.ts";

const page = readFileSync(new URL("../../../../docs/formats/index.md", import.meta.url), "utf8");

test("docs/formats/index.md has every column of the events, and the schema's version", () => {
  const [, section = ""] = page.split("\n## `events`\n");
  const rows = [...(section.split(/^## /m)[0] ?? "").matchAll(/^\| `([\w.]+)` \| (.+?) \|/gm)];
  const columns = Object.entries(EVENT_COLUMNS).map(([name, { type }]) => [name, type]);
  expect(rows.map(([, name, type]) => [name, type])).toEqual(columns);
  expect(page).toContain(`# Search index, schema ${INDEX_SCHEMA_VERSION}\n`);
});
