import { existsSync } from "node:fs";
import { type IndexProbe, LedgerError, type Paths, receiptTimeMs, splitOf } from "@cairn/ledger";
import {
  auditRange,
  type EngineConnection,
  engineClientOptions,
  engineConnectionOf,
  heldLedgers,
  openIndexDatabase,
  startEmbeddedEngine,
} from "@cairn/search";
import { createClient } from "@clickhouse/client";
import { callRunningServer } from "../admin/call-running-server.ts";
import { INDEX_DATABASE } from "../search/database-name.ts";

/** A check may take as long as it takes. */
const REQUEST_TIMEOUT_MS = 600_000;

/**
 * Opens the search index for `cairn fsck --index`: a ClickHouse server's, the one that a running server holds, or the
 * embedded engine's in the data directory.
 */
export async function openIndexProbe(
  paths: Paths,
  clickhouseUrl: string | undefined,
): Promise<{ readonly probe: IndexProbe; close(): Promise<void> }> {
  const { connection, stop } = await reachEngine(paths, clickhouseUrl);
  const client = createClient({ ...engineClientOptions(connection), request_timeout: REQUEST_TIMEOUT_MS });
  const database = openIndexDatabase(client, { database: INDEX_DATABASE });
  return {
    probe: {
      compare: ({ tenantNo, ledger, from, to, events }) =>
        auditRange(database, {
          tenantNo,
          range: { ledger, fromSequence: from, toSequence: to },
          expected: events.map((event) => ({
            tenantNo,
            ledger,
            sequence: event.sequence,
            receivedAtMs: receiptTimeMs(event.entry),
            split: splitOf(event),
          })),
        }),
      held: () => heldLedgers(database),
    },
    async close() {
      await client.close();
      await stop();
    },
  };
}

async function reachEngine(
  paths: Paths,
  clickhouseUrl: string | undefined,
): Promise<{ readonly connection: EngineConnection; stop(): Promise<void> }> {
  const stop = (): Promise<void> => Promise.resolve();
  if (clickhouseUrl !== undefined) return { connection: engineConnectionOf(clickhouseUrl), stop };
  const running = await callRunningServer(paths.dataDir, "index-connection", {});
  if (running !== undefined) return { connection: running.result as EngineConnection, stop };
  if (!existsSync(paths.index))
    throw new LedgerError("not_found", `there is no index in ${paths.index}: a running server builds it`);
  const engine = await startEmbeddedEngine({ path: paths.index });
  return { connection: engine.connection, stop: () => engine.stop() };
}
