import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings } from "@clickhouse/client";
import { IndexError, type IndexFault } from "../errors.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { quoteName } from "../schema/tables.ts";
import type { IndexDatabase, InsertBlock, Statement } from "./index-database.ts";

/** What every query is allowed, unless it says otherwise. */
const DEFAULT_SETTINGS = {
  max_execution_time: SEARCH_LIMITS.querySeconds,
  max_memory_usage: SEARCH_LIMITS.queryBytes,
  max_query_size: SEARCH_LIMITS.statementBytes,
  max_ast_elements: SEARCH_LIMITS.statementNodes,
  max_expanded_ast_elements: SEARCH_LIMITS.statementNodes,
  // Whole numbers stay below 2^53, so JSON can carry them as numbers.
  output_format_json_quote_64bit_integers: 0,
  // This optimisation keeps the text index from answering alone: the newest 50 by a rare word take 250 ms instead of 27.
  use_top_k_dynamic_filtering: 0,
  // An answer must not depend on settings of the server's operator.
  use_skip_indexes: 1,
  optimize_read_in_order: 1,
  // A page needs little of each part: reading ahead in all of them takes a third of the newest 50 of a rare value.
  read_in_order_use_buffering: 0,
} as const;

/** Blocks made before the engine has taken the last one. */
const BLOCKS_AHEAD = 1;

/** Opens a database of a ClickHouse server through its official client; the caller closes the client. */
export function openIndexDatabase(client: ClickHouseClient, options: { database: string }): IndexDatabase {
  const { database } = options;
  const settingsOf = (values: NonNullable<Statement["settings"]>): ClickHouseSettings =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  const common = (statement: Statement) => ({
    query: statement.sql,
    ...(statement.params === undefined ? {} : { query_params: { ...statement.params } }),
    ...(statement.signal === undefined ? {} : { abort_signal: statement.signal }),
  });
  return {
    database,
    query: (statement) =>
      translated(() =>
        acrossSwap(async () => {
          const result = await client.query({
            ...common(statement),
            format: "JSONCompactEachRow",
            clickhouse_settings: settingsOf({ ...DEFAULT_SETTINGS, ...statement.settings }),
          });
          return await result.json();
        }),
      ),
    command: (statement) =>
      translated(async () => {
        await client.command({ ...common(statement), clickhouse_settings: settingsOf(statement.settings ?? {}) });
      }),
    insert: ({ table, block, token }: InsertBlock) =>
      translated(async () => {
        const result = await client.exec({
          query: `INSERT INTO ${quoteName(database)}.${quoteName(table)} FORMAT Native`,
          values: Readable.from(block instanceof Uint8Array ? [block] : block, { highWaterMark: BLOCKS_AHEAD }),
          clickhouse_settings: settingsOf({ insert_deduplication_token: token ?? randomUUID() }),
        });
        // The answer has no body, but the connection is free again only when it was read.
        for await (const _chunk of result.stream);
      }),
  };
}

/** UNKNOWN_DATABASE and UNKNOWN_TABLE: while a new index takes the place of the old one, neither has its name. */
const SWAP_CODES: ReadonlySet<string> = new Set(["81", "60"]);
/** The gap is two renames long. */
const SWAP_RETRIES = 20;
const SWAP_RETRY_MS = 50;

/** Runs a query again when it came between two renames. */
async function acrossSwap<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let left = SWAP_RETRIES; ; left--) {
    try {
      return await run();
    } catch (error) {
      if (left === 0 || !(error instanceof ClickHouseError) || !SWAP_CODES.has(error.code)) throw error;
      await sleep(SWAP_RETRY_MS);
    }
  }
}

const FAULT_OF_CODE: Readonly<Record<string, IndexFault>> = {
  "158": "too_expensive", // TOO_MANY_ROWS
  "159": "too_expensive", // TIMEOUT_EXCEEDED
  "160": "too_expensive", // TOO_SLOW
  "241": "too_expensive", // MEMORY_LIMIT_EXCEEDED
  "307": "too_expensive", // TOO_MANY_BYTES
  "396": "too_expensive", // TOO_MANY_ROWS_OR_BYTES
  "202": "unavailable", // TOO_MANY_SIMULTANEOUS_QUERIES
  "210": "unavailable", // NETWORK_ERROR
  "252": "unavailable", // TOO_MANY_PARTS
};

async function translated<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ClickHouseError) {
      const fault = FAULT_OF_CODE[error.code] ?? "internal";
      throw new IndexError(fault, `the search engine answered ${error.code} ${error.type ?? ""}`.trim(), {
        cause: error,
      });
    }
    if (error instanceof Error && (error.name === "AbortError" || error.message.includes("aborted"))) throw error;
    throw new IndexError("unavailable", "the search engine cannot be reached", { cause: error });
  }
}
