import type { Paths } from "@cairn/ledger";
import { engineClientOptions, engineConnectionOf, openIndexDatabase, startEmbeddedEngine } from "@cairn/search";
import { createClient } from "@clickhouse/client";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import type { Threads } from "../threads/start-threads.ts";
import { INDEX_DATABASE } from "./database-name.ts";
import type { SearchService } from "./search-service.ts";

/** The engine behind search, ours or somebody's ClickHouse. */
export interface RunningSearch {
  /** Process of the embedded engine, for measuring. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Starts the engine and lets the index thread follow. Ingest does not wait for this. */
export async function startSearch(parts: {
  readonly config: Config;
  readonly paths: Paths;
  readonly threads: Threads;
  readonly service: SearchService;
  readonly log: Logger;
}): Promise<RunningSearch> {
  const { config, paths, threads, service, log } = parts;
  const engine =
    config.clickhouseUrl === undefined
      ? await startEmbeddedEngine({ path: paths.index, onLog: (line) => log.debug(line) })
      : undefined;
  const connection = engine?.connection ?? engineConnectionOf(config.clickhouseUrl!);
  try {
    await threads.index.call("start", connection);
  } catch (error) {
    // Most likely the threads were stopped before search was there.
    await engine?.stop();
    throw error;
  }
  const client = createClient({ ...engineClientOptions(connection), request_timeout: 60_000 });
  service.open(openIndexDatabase(client, { database: INDEX_DATABASE }), connection);
  return {
    get pid() {
      return engine?.pid;
    },
    async stop() {
      await client.close();
      await engine?.stop();
    },
  };
}
