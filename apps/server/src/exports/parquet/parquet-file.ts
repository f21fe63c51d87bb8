import { Readable } from "node:stream";
import { CairnError, type RecordedEvent } from "@cairn/event";
import type { StoredEvent } from "@cairn/ledger";
import type { IndexDatabase } from "@cairn/search";
import { type ClickHouseClient, ClickHouseError } from "@clickhouse/client";
import { eventRows, type RowSource } from "../event-rows.ts";
import { EXPORT_LIMITS } from "../limits.ts";
import { PARQUET_COLUMNS, parquetLine } from "./columns.ts";

/** The engine's database for rows on their way into a file: nothing in it outlives a job, or the next start of the server. */
const DATABASE = "cairn_exports";

/** Throws away the rows that a run of the server left behind when it was killed. */
export async function dropParquetRows(index: IndexDatabase): Promise<void> {
  await index.command({ sql: `DROP DATABASE IF EXISTS ${DATABASE} SYNC` });
}

/**
 * Gives the bytes of a Parquet file. The engine writes it: rows go into a table of its log family, which keeps them in the
 * order in which they came and merges nothing, and come back as Parquet over the same connection. It never writes a file of
 * this machine itself, because it would not say when the disk is full.
 * @throws CairnError index_unavailable while the engine is being started again; internal
 */
export async function* parquetFile(
  source: RowSource & { readonly client: ClickHouseClient },
  present: (event: StoredEvent) => RecordedEvent,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { client, signal } = source;
  const table = `${DATABASE}.\`${source.task.id}\``;
  const columns = PARQUET_COLUMNS.map(({ name, type }) => `\`${name}\` ${type}`).join(", ");
  const drop = { query: `DROP TABLE IF EXISTS ${table} SYNC` };
  await asked(() => client.command({ query: `CREATE DATABASE IF NOT EXISTS ${DATABASE}` }));
  await asked(() => client.command(drop));
  await asked(() => client.command({ query: `CREATE TABLE ${table} (${columns}) ENGINE = Log` }));
  try {
    for await (const lines of eventRows(source, (event) => parquetLine(present(event))))
      await asked(() => insertLines(client, { table, lines, signal }));
    const { stream } = await asked(() =>
      client.exec({
        query: `SELECT * FROM ${table} FORMAT Parquet`,
        clickhouse_settings: PARQUET_SETTINGS,
        abort_signal: signal,
      }),
    );
    yield* wholeFile(stream);
  } finally {
    await client.command(drop).catch(() => undefined);
  }
}

interface Insert {
  readonly table: string;
  readonly lines: readonly string[];
  readonly signal: AbortSignal;
}

async function insertLines(client: ClickHouseClient, { table, lines, signal }: Insert): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} FORMAT JSONCompactEachRow`,
    values: Readable.from([Buffer.from(lines.join(""))]),
    abort_signal: signal,
  });
  // The answer has no body, but the connection is free again only when it was read.
  for await (const _chunk of stream);
}

/** Asks the engine. What it says of a fault may quote rows, and rows are nobody's business but the tenant's. */
async function asked<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ClickHouseError)
      throw new CairnError("internal", `the search engine could not write the file: ${error.code} ${error.type ?? ""}`);
    if (error instanceof Error && error.name === "AbortError") throw error;
    throw new CairnError("index_unavailable", "the search engine was started again meanwhile", { cause: error });
  }
}

const PARQUET_SETTINGS = {
  // One reader: rows stay in the order in which they were inserted.
  max_threads: 1,
  output_format_parquet_parallel_encoding: 0,
  output_format_parquet_compression_method: "zstd",
  output_format_parquet_row_group_size: String(EXPORT_LIMITS.rowGroupRows),
  output_format_parquet_string_as_string: 1,
  max_execution_time: EXPORT_LIMITS.parquetSeconds,
} as const;

const MAGIC = "PAR1";

/** A server that fails in the middle may end its answer as if it were whole; a Parquet file ends with its magic. */
async function* wholeFile(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    tail = Buffer.concat([tail, chunk.subarray(-MAGIC.length)]).subarray(-MAGIC.length);
    yield chunk;
  }
  if (tail.toString("latin1") !== MAGIC)
    throw new CairnError("index_unavailable", "the search engine did not finish the file");
}
