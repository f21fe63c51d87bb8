import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { openIndexDatabase } from "../database/clickhouse-database.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { type EmbeddedEngine, startEmbeddedEngine } from "../engine/embedded-engine.ts";
import { createIndex } from "../schema/stamp.ts";

/** A real engine with an empty index, for tests. */
export interface TestIndex {
  readonly index: IndexDatabase;
  readonly client: ClickHouseClient;
  readonly engine: EmbeddedEngine;
  /** Another index on the same engine. */
  readonly open: (database: string) => IndexDatabase;
  readonly close: () => Promise<void>;
}

/** Starts an engine in a directory of its own and makes an index in it. */
export async function startTestIndex(): Promise<TestIndex> {
  const directory = await mkdtemp(join(tmpdir(), "cairn-index-"));
  const engine = await startEmbeddedEngine({ path: directory, niceness: 0 });
  const client = createClient({ ...engine.clientOptions(), log: { level: ClickHouseLogLevel.OFF } });
  const open = (database: string) => openIndexDatabase(client, { database });
  const index = open("cairn");
  await createIndex(index);
  const close = async () => {
    await client.close();
    await engine.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return { index, client, engine, open, close };
}
