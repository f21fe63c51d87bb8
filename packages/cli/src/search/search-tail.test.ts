import { readFile, writeFile } from "node:fs/promises";
import { type FakeCairnOptions, startFakeCairn } from "@cairn/sdk/testing";
import { describe, expect, test } from "vitest";
import { runCli } from "../command/run-cli.ts";
import { captureIo } from "../testing/capture-io.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { searchCommand } from "./search-command.ts";
import { tailCommand } from "./tail-command.ts";

async function setUp(routes: NonNullable<FakeCairnOptions["routes"]> = {}) {
  const fake = await startFakeCairn({ routes });
  return {
    fake,
    io: (options: Parameters<typeof captureIo>[0] = {}) =>
      captureIo({ ...options, env: { CAIRN_URL: fake.url, CAIRN_KEY: fake.key } }),
    [Symbol.asyncDispose]: () => fake.close(),
  };
}

async function record(fake: { readonly url: string; readonly key: string }, events: readonly object[]) {
  const headers = { authorization: `Bearer ${fake.key}`, "content-type": "application/json" };
  await fetch(`${fake.url}/v1/events`, { method: "POST", headers, body: JSON.stringify(events) });
}

describe("cairn search", () => {
  test("prints a line for each event, nothing that a terminal obeys", async () => {
    await using it = await setUp();
    const evil = "evil\u001b]0;owned\u0007";
    await record(it.fake, [
      { id: "1", action: "a.b", occurred_at: "2026-03-04T05:06:07Z", actor: { id: "7", name: evil } },
      { id: "2", action: "a.c", targets: [{ type: "patient", id: "00123" }] },
    ]);
    const io = it.io();
    expect(await runCli(["search", "action:a.*", "-outcome", "--limit", "10"], [searchCommand], io)).toBe(2);
    expect(await runCli(["search", "--limit", "10", "--", "action:a.*", "-outcome:failure"], [searchCommand], io)).toBe(
      0,
    );
    const [header, ...rows] = io.out().trimEnd().split("\n");
    expect(header).toMatch(/^OCCURRED +ACTOR +ACTION/);
    expect(rows[0]).toContain("patient:00123");
    expect(rows[1]).toContain("evil\\u001b]0;owned\\u0007");
    expect(rows[1]).toMatch(/1\/0$/);
    const asked = JSON.parse(it.fake.requests.at(-1)?.body.toString() ?? "") as object;
    expect(asked).toEqual({ q: "action:a.* -outcome:failure", limit: 10 });
  });

  test("pages until the limit", async () => {
    await using it = await setUp();
    for (let page = 0; page < 3; page++) {
      await record(
        it.fake,
        Array.from({ length: 1_000 }, (_, i) => ({ id: `${page}-${i}`, action: "a.b" })),
      );
    }
    const io = it.io();
    expect(await runCli(["search", "--json", "--limit", "2500"], [searchCommand], io)).toBe(0);
    const ids = io
      .out()
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(new Set(ids).size).toBe(2_500);
  });

  test("columns are cut on a terminal only", async () => {
    await using it = await setUp();
    await record(it.fake, [{ id: "1", action: `a.${"b".repeat(60)}` }]);
    const whole = it.io();
    await runCli(["search"], [searchCommand], whole);
    expect(whole.out()).toContain("b".repeat(60));
    const cut = it.io({ isTerminal: true });
    await runCli(["search"], [searchCommand], cut);
    expect(cut.out()).toContain("b…");
  });

  test("an error of the query says where", async () => {
    await using it = await setUp({
      "POST /v1/events/search"(_, response) {
        const error = { code: "query_invalid", message: "no such field", offset: 4, length: 3, fix: "correct it" };
        response.writeHead(400).end(JSON.stringify({ error }));
      },
    });
    const io = it.io();
    expect(await runCli(["search", "foo:bar"], [searchCommand], io)).toBe(1);
    expect(io.err()).toBe("cairn: query_invalid: no such field (at character 5)\n  correct it\n");
  });
});

describe("cairn tail", () => {
  const event = {
    id: "1",
    action: "a.b",
    ledger: 1,
    sequence: 9,
    actor: { type: "system" },
    outcome: { result: "success" },
    occurred_at: "x",
  };
  const gap = { type: "gap", ledger: 1, first: 0, last: 8, reason: "retention" };

  test("shows events and gaps, and keeps the cursor after it has", async () => {
    const asked: string[] = [];
    await using it = await setUp({
      "GET /v1/changes"(request, response) {
        asked.push(request.url.search);
        const changes = asked.length === 1 ? [gap, { type: "event", event }] : [];
        response.end(JSON.stringify({ changes, next: `c${asked.length}` }));
      },
    });
    await using directory = await temporaryDirectory();
    const file = directory.file("cursor");
    const io = it.io();
    expect(
      await runCli(["tail", "action:a.b", "--once", "--after", "start", "--cursor-file", file], [tailCommand], io),
    ).toBe(0);
    expect(io.out()).toMatch(/^-- 1\/0 to 1\/8 are gone: retention\nx .* 1\/9\n$/);
    expect(asked[0]).toBe("?q=action%3Aa.b&wait_seconds=0");
    expect(await readFile(file, "utf8")).toBe("c2\n");
    await writeFile(file, "c7\n");
    await runCli(["tail", "--once", "--cursor-file", file], [tailCommand], it.io());
    expect(asked.at(-1)).toBe("?after=c7&wait_seconds=0");
    await runCli(["tail", "--once", "--json"], [tailCommand], it.io());
    expect(asked.at(-1)).toBe("?after=now&wait_seconds=0");
  });

  test("follows until it is interrupted, which is success", async () => {
    await using it = await setUp({ "GET /v1/changes": () => {} });
    const io = it.io();
    const ended = runCli(["tail"], [tailCommand], io);
    setTimeout(io.abort, 50);
    expect(await ended).toBe(0);
    expect(io.err()).toBe("");
  });
});
