import { writeFile } from "node:fs/promises";
import { startFakeCairn } from "@cairn/sdk/testing";
import { describe, expect, test } from "vitest";
import { runCli } from "../command/run-cli.ts";
import { captureIo } from "../testing/capture-io.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { importCommand } from "./import-command.ts";

const sample = (path: string) => new URL(`../../../sources/testdata/${path}`, import.meta.url).pathname;

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

describe("WorkOS", () => {
  test("each row is recorded once, however often the file comes", async () => {
    await using it = await setUp();
    const first = await it.run("--format", "workos-csv", sample("workos/export.csv"));
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining("2 recorded, 0 recorded before") as string });
    const again = await it.run("--format", "workos-csv", sample("workos/export.csv"));
    expect(again.out).toContain("0 recorded, 2 recorded before");
    expect(it.fake.events[0]).toMatchObject({
      ...{ source: "workos", id: "audit_log_event_01GBZK5MP7TD1YCFQHFR22180V", action: "user.signed_in" },
      tenant: "org_01EHWNCE74X7JSDV0X3SZ3KJNY",
    });
  });

  test("columns of other names are told, and what no row says", async () => {
    await using it = await setUp();
    const path = it.file("export.csv");
    await writeFile(path, "Event,When\nuser.signed_in,2026-03-04T05:06:07Z\n,2026-03-04T05:06:08Z\n");
    const mapped = ["--map", "Event=action", "--map", "When=occurred_at", "--set", "organization_id=org_9"];
    const { code, err } = await it.run("--format", "workos-csv", ...mapped, path);
    expect([code, err]).toEqual([1, expect.stringContaining("the row has no `action`")]);
    expect(it.fake.events).toMatchObject([{ tenant: "org_9", occurred_at: "2026-03-04T05:06:07.000Z" }]);
  });
});

describe("Retraced", () => {
  test("lines, and answers of GraphQL", async () => {
    await using it = await setUp();
    const { code, out } = await it.run("--format", "retraced-ndjson", sample("retraced/export.ndjson"));
    expect([code, out]).toEqual([0, expect.stringContaining("3 recorded")]);
    expect(it.fake.events.map(({ id, action }) => `${action} ${id}`)).toEqual([
      "document.viewed 0b2f6f1e2f3c4e5d8a9b0c1d2e3f4a5b",
      "user.login 1b2f6f1e2f3c4e5d8a9b0c1d2e3f4a5b",
      "document.viewed 2b2f6f1e2f3c4e5d8a9b0c1d2e3f4a5b",
    ]);
  });

  test.each([
    ["a list", '[{"id":"1","action":"a.b","group":{"id":"g"}},{"id":"2"}]'],
    [
      "a document",
      '{\n "data": {"search": {"edges": [{"node": {"id":"1","action":"a.b","group":{"id":"g"}}},{"node":{}}]}}}',
    ],
  ])("%s", async (_name, text) => {
    await using it = await setUp();
    const path = it.file("events.json");
    await writeFile(path, text);
    const { code, err } = await it.run("--format", "retraced-ndjson", path);
    expect([code, err]).toEqual([1, expect.stringContaining("the event has no `action`")]);
    expect(it.fake.events).toMatchObject([{ id: "1", tenant: "g", source: "retraced" }]);
  });
});
