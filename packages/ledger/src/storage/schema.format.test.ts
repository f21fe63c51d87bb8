import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { GUARD_SCHEMA, SCHEMAS, STORAGE_FORMAT } from "./schema.ts";

/** Tables of a database with their columns: name, type, whether it names the row. */
type Tables = Readonly<Record<string, readonly (readonly [string, string, boolean])[]>>;

const page = readFileSync(new URL("../../../../docs/formats/storage.md", import.meta.url), "utf8");

test.each([
  ["cairn.db", SCHEMAS.cairn],
  ["keys.db", SCHEMAS.keys],
  ["guard.db", GUARD_SCHEMA],
])("docs/formats/storage.md has every table and column of %s", (database, schema) => {
  expect(documented(database)).toEqual(defined(schema));
});

test("docs/formats/storage.md is about the format that is written", () => {
  expect(page).toContain(`# Directories, files and tables, format ${STORAGE_FORMAT}`);
});

function documented(database: string): Tables {
  const [, section = ""] = page.split(`\n## \`${database}\`\n`);
  const [, ...tables] = (section.split(/^## /m)[0] ?? "").split(/^### /m);
  return Object.fromEntries(
    tables.map((text) => {
      const rows = [...text.matchAll(/^\| `(\w+)`( •)? \| (\w+) \|/gm)];
      return [/^`(\w+)`/.exec(text)?.[1], rows.map(([, name, mark, type]) => [name, type, mark !== undefined])];
    }),
  );
}

function defined(schema: string): Tables {
  const db = openDatabase({ path: ":memory:", mode: "writer" });
  db.exec(schema);
  const tables = db.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid");
  return Object.fromEntries(
    tables.map(({ name }) => {
      const columns = db.all<{ name: string; type: string; pk: number }>(`PRAGMA table_info(${name})`);
      // Rows of the journal are named by a unique index: the table keeps SQLite's own row numbers.
      const unique = db
        .all<{ name: string; origin: string }>(`PRAGMA index_list(${name})`)
        .filter(() => name === "journal")
        .flatMap((index) => db.all<{ name: string }>(`PRAGMA index_info(${index.name})`).map((column) => column.name));
      return [name, columns.map((column) => [column.name, column.type, column.pk > 0 || unique.includes(column.name)])];
    }),
  );
}
