import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { currentStamp, engineClientOptions, openIndexDatabase, readStamp, startEmbeddedEngine } from "@cairn/search";
import { createClient } from "@clickhouse/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CairnProcess, createHome, type Home, runCairn, startCairn } from "../crash/support/cairn-process.ts";
import { Producer } from "../crash/support/producer.ts";
import { countFound, enginesOf, gauge, PRODUCED, until, untilCaughtUp } from "./support/searching.ts";

/** Far below what a producer takes for a failure, far above what a busy machine takes for an answer. */
const SLOW_MS = 5_000;
/** Between two batches of a connection: a few thousand events a second in all, for which everybody has time. */
const PAUSE_MS = 40;

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const start = () => startCairn(home, { engine: "embedded" });

/** Sends batches for a while and gives the longest wait for an answer. */
async function load(server: CairnProcess, producer: Producer, { forMs }: { readonly forMs: number }): Promise<number> {
  let longestMs = 0;
  const end = performance.now() + forMs;
  const connection = async (): Promise<void> => {
    while (performance.now() < end) {
      const from = performance.now();
      expect(await producer.send(server, producer.make(100))).toBe(200);
      longestMs = Math.max(longestMs, performance.now() - from);
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all([connection(), connection()]);
  return longestMs;
}

/** Every row of the index is compared with the ledger, and nothing more may be there. */
async function expectIndexToAgree(): Promise<void> {
  expect(await runCairn(home, ["fsck", "--index"])).toMatchObject({ code: 0 });
}

describe("the search engine killed under load", () => {
  test("is not noticed by ingest, and search has everything once it is back", async () => {
    const producer = new Producer();
    const server = await start();
    try {
      await untilCaughtUp(server);
      const loading = load(server, producer, { forMs: 5_000 });
      const killed: number[] = [];
      for (let i = 0; i < 3; i++) {
        await sleep(1_200);
        const engines = enginesOf(server);
        for (const pid of engines) process.kill(pid, "SIGKILL");
        killed.push(...engines);
      }
      expect(await loading).toBeLessThan(SLOW_MS);
      expect(new Set(killed).size).toBeGreaterThan(1);
      expect(producer.unanswered.size).toBe(0);
      await untilCaughtUp(server);
      expect(await countFound(server, PRODUCED)).toBe(producer.acknowledged.size);
      // Beside the running server, and while it takes in more.
      await Promise.all([expectIndexToAgree(), load(server, producer, { forMs: 1_000 })]);
    } finally {
      await server.kill("SIGTERM");
    }
    await expectIndexToAgree();
  });
});

describe("an index built beside the one in use", () => {
  test("takes its place when it has everything; until then the old one answers; a kill in between harms nothing", async () => {
    const producer = new Producer();
    let server = await start();
    await untilCaughtUp(server);
    await load(server, producer, { forMs: 1_000 });
    await untilCaughtUp(server);
    // Killed at any moment, with or without its engine, it goes on at the next start.
    for (const afterMs of [0, 80, 400]) {
      expect(await runCairn(home, ["reindex"])).toMatchObject({ code: 0 });
      await sleep(afterMs);
      expect(await countFound(server, PRODUCED)).toBe(producer.acknowledged.size);
      await server.kill();
      server = await start();
      await untilCaughtUp(server);
      expect(await countFound(server, PRODUCED)).toBe(producer.acknowledged.size);
    }
    expect(await runCairn(home, ["reindex"])).toMatchObject({ code: 0 });
    await load(server, producer, { forMs: 1_000 });
    await until("the new index", async () => (await gauge(server, "cairn_index_rebuild_events")) === 0);
    await untilCaughtUp(server);
    expect(await countFound(server, PRODUCED)).toBe(producer.acknowledged.size);
    await server.kill("SIGTERM");
    await expectIndexToAgree();
  });

  test("replaces one of another engine while that one answers, and one of another schema from the start", async () => {
    const producer = new Producer();
    let server = await start();
    await untilCaughtUp(server);
    await load(server, producer, { forMs: 1_000 });
    await untilCaughtUp(server);
    await server.kill("SIGTERM");
    for (const change of ["engine_version = '1.2.3'", "schema_version = 1"]) {
      const before = await withIndex(async (index) => {
        await index.command({
          sql: `ALTER TABLE cairn.stamp UPDATE ${change} WHERE 1`,
          settings: { mutations_sync: 2 },
        });
        return await readStamp(index);
      });
      server = await start();
      await untilCaughtUp(server);
      await until("the new index", async () => (await gauge(server, "cairn_index_rebuild_events")) === 0);
      await untilCaughtUp(server);
      expect(await countFound(server, PRODUCED)).toBe(producer.acknowledged.size);
      await server.kill("SIGTERM");
      const [stamp, current, databases] = await withIndex(async (index) => [
        await readStamp(index),
        await currentStamp(index),
        await index.query<[string]>({
          sql: "SELECT name FROM system.databases WHERE name IN ('cairn', 'cairn_next', 'cairn_retired')",
        }),
      ]);
      expect(before).not.toEqual(current);
      expect(stamp).toEqual(current);
      expect(databases).toEqual([["cairn"]]);
    }
    await expectIndexToAgree();
  });
});

/** Works on the index of a server that is not running. */
async function withIndex<T>(work: (index: ReturnType<typeof openIndexDatabase>) => Promise<T>): Promise<T> {
  const engine = await startEmbeddedEngine({ path: join(home.dataDir, "index") });
  const client = createClient(engineClientOptions(engine.connection));
  try {
    return await work(openIndexDatabase(client, { database: "cairn" }));
  } finally {
    await client.close();
    await engine.stop();
  }
}
