import { readFile, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { startFakeCairn } from "@cairn/sdk/testing";
import { expect, test } from "vitest";
import { runCli } from "../command/run-cli.ts";
import { captureIo } from "../testing/capture-io.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { importCommand } from "./import-command.ts";

const CSV = new URL("../../../sources/testdata/desktop/rows.csv", import.meta.url).pathname;
const SITE = ["--format", "desktop", "--site", "clinic-1", "--zone", "Europe/Berlin"];

async function setUp() {
  const fake = await startFakeCairn();
  const directory = await temporaryDirectory();
  return {
    fake,
    file: directory.file,
    async run(...argv: readonly string[]) {
      const io = captureIo({ env: { CAIRN_URL: fake.url, CAIRN_KEY: fake.key } });
      const code = await runCli(["import", ...argv], [importCommand], io);
      return { code, out: io.out(), err: io.err() };
    },
    async [Symbol.asyncDispose]() {
      await fake.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** A database as the application keeps it, with the rows of the CSV sample. */
async function makeDatabase(path: string, tables: readonly string[] = ["Activity_Log"]): Promise<number> {
  const [header = "", ...rows] = (await readFile(CSV, "utf8")).trim().split("\n");
  const database = new DatabaseSync(path);
  const columns = header.split(",").map((name) => `"${name}" TEXT`);
  for (const table of tables) {
    database.exec(`CREATE TABLE "${table}" (${columns.join(", ")}, big INTEGER, image BLOB)`);
    const insert = database.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => "?").join(", ")}, ?, ?)`);
    for (const row of rows) {
      const values = row.split(",").map((value) => (value === "" ? null : value));
      insert.run(...values, 2n ** 60n, Buffer.from([1, 2, 3]));
    }
  }
  database.exec("CREATE TABLE other (a INTEGER)");
  database.close();
  return rows.length;
}

test("the rows of a SQLite file go in, once", async () => {
  await using it = await setUp();
  const path = it.file("local.db");
  const count = await makeDatabase(path);
  const before = await readFile(path);
  expect(await it.run(path, ...SITE)).toMatchObject({ code: 0, err: "" });
  expect(it.fake.events).toHaveLength(count);
  const [first] = it.fake.events;
  expect(first).toMatchObject({
    action: "session.login",
    occurred_at: "2026-10-24T23:59:00.000Z",
    source: "desktop",
    details: { big: String(2n ** 60n), image: "AQID" },
  });
  expect((await it.run(path, ...SITE, "--json")).out).toContain(`"created":0,"duplicate":${count}`);
  expect(await readFile(path)).toEqual(before);
});

test("the same rows as CSV and as JSON", async () => {
  await using it = await setUp();
  expect(await it.run(CSV, ...SITE)).toMatchObject({ code: 0 });
  const actions = it.fake.events.map(({ action }) => action);
  expect(actions).toContain("plan.opened");
  const row = { username: "bob", logDate: "2026-03-04 14:34:00", logEvent: "User log out" };
  await writeFile(it.file("rows.json"), JSON.stringify([row, { username: "bob" }]));
  const { code, err } = await it.run(it.file("rows.json"), ...SITE);
  expect(code).toBe(1);
  expect(err).toContain("shape_invalid");
  expect(it.fake.events.at(-1)).toMatchObject({ action: "session.logout" });
});

test.each<[string, readonly string[], string]>([
  ["no site", ["--format", "desktop", "--zone", "Europe/Berlin"], "--site"],
  ["a zone that is none", ["--format", "desktop", "--site", "x", "--zone", "Europe/Nowhere"], "--zone"],
  ["two tables", SITE, "--table"],
  ["a table that is not there", [...SITE, "--table", "nothing"], "no such table"],
])("%s is said", async (_what, argv, message) => {
  await using it = await setUp();
  await makeDatabase(it.file("local.db"), ["a", "b"]);
  const { code, err } = await it.run(it.file("local.db"), ...argv);
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(it.fake.events).toEqual([]);
});

test("a table is named, and what is no database is said", async () => {
  await using it = await setUp();
  const count = await makeDatabase(it.file("local.db"), ["a", "b"]);
  expect(await it.run(it.file("local.db"), ...SITE, "--table", "b")).toMatchObject({ code: 0 });
  expect(it.fake.events).toHaveLength(count);
  await writeFile(it.file("broken.db"), `SQLite format 3\0${"x".repeat(5_000)}`);
  const { code, err } = await it.run(it.file("broken.db"), ...SITE);
  expect(code).toBe(2);
  expect(err).toContain("cannot be read");
});
