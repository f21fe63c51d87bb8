import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { logged, makeSource, until } from "./support/sources.ts";

let root: string;
let server: SourceServer;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cairn-watched-"));
  server = await startSourceServer({ CAIRN_WATCH_DIR: root });
});
afterAll(async () => {
  await server.remove();
  rmSync(root, { recursive: true, force: true });
});

test("killed again and again in the middle, every line is an event once, those alike and without a time as well", async () => {
  const key = await server.createKey("acme");
  const directory = join(root, "default", "acme");
  mkdirSync(directory, { recursive: true });
  const count = 30_000;
  // Every third line is like all others of its kind, and says no time.
  const line = (n: number) =>
    n % 3 === 0
      ? '{"action": "backup.done"}\n'
      : `{"action": "line.written", "occurred_at": "2026-01-01T00:00:00Z", "details": {"n": ${n}}}\n`;
  const part = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i)).join("");
  const rounds = 5;
  const file = join(directory, "a.ndjson");
  writeFileSync(file, part(0, count / rounds));
  const settings = { format: "cairn", interval_seconds: 1 };
  await makeSource(server, key, { kind: "folder", name: "files", settings });
  const recorded = async () => (await logged(server, key)).length;
  for (let round = 1; round < rounds; round++) {
    // Something of what was written last is there, and often not all of it.
    await until(recorded, (found) => found > (count / rounds) * (round - 1));
    await delay(40 * round);
    await server.restart("SIGKILL", () =>
      appendFileSync(file, part((count / rounds) * round, (count / rounds) * (round + 1))),
    );
  }
  await until(recorded, (found) => found >= count, 90_000);
  // Nothing comes twice later on.
  await delay(1_500);
  const events = await logged(server, key);
  expect(events).toHaveLength(count);
  const numbers = events.flatMap(({ details }) => (details as { readonly n?: number } | undefined)?.n ?? []);
  expect(new Set(numbers).size).toBe((count / 3) * 2);
  expect(events.filter(({ action }) => action === "backup.done")).toHaveLength(count / 3);
}, 240_000);
