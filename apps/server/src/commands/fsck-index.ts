import { existsSync } from "node:fs";
import { type IndexProbe, LedgerError, type Paths, receiptTimeMs, splitOf } from "@cairn/ledger";
import {
  auditRange,
  type EngineConnection,
  engineClientOptions,
  heldLedgers,
  openIndexDatabase,
  startEmbeddedEngine,
} from "@cairn/search";
import { createClient } from "@clickhouse/client";

/** Database of the index within the engine. */
const DATABASE = "cairn";
/** A check may take as long as it takes. */
const REQUEST_TIMEOUT_MS = 600_000;

/**
 * Opens the search index for `cairn fsck --index`: the embedded engine's, which a running server holds for itself, or a
 * ClickHouse server's.
 */
export async function openIndexProbe(
  paths: Paths,
  clickhouseUrl: string | undefined,
): Promise<{ readonly probe: IndexProbe; close(): Promise<void> }> {
  if (clickhouseUrl === undefined && !existsSync(paths.index))
    throw new LedgerError("not_found", `there is no index in ${paths.index}: a running server builds it`);
  const engine = clickhouseUrl === undefined ? await startEmbeddedEngine({ path: paths.index }) : undefined;
  const connection = engine?.connection ?? connectionOf(clickhouseUrl!);
  const client = createClient({ ...engineClientOptions(connection), request_timeout: REQUEST_TIMEOUT_MS });
  const database = openIndexDatabase(client, { database: DATABASE });
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
      await engine?.stop();
    },
  };
}

function connectionOf(text: string): EngineConnection {
  const url = new URL(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  return {
    url: url.toString(),
    username: decodeURIComponent(username) || "default",
    password: decodeURIComponent(password),
  };
}
