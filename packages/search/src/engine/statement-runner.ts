import { setTimeout as delay } from "node:timers/promises";
import { exception, toClickHouseException } from "./clickhouse-exception.ts";
import type { EngineLimits } from "./limits.ts";
import type { QueryRequest } from "./query-request.ts";
import { openResultPipe } from "./result-pipe.ts";
import { type SettingsBaseline, settingsBaseline } from "./server-config.ts";
import type { Lane, Lease, SessionPool } from "./session-pool.ts";
import type { SessionSlot, SlotResult } from "./session-slot.ts";
import type { SpooledRows } from "./spool.ts";
import { quoteSqlString } from "./sql-scanner.ts";
import type { Statement } from "./statement.ts";

type Select = Extract<Statement, { kind: "select" }>;
type Insert = Extract<Statement, { kind: "insert" }>;
type Command = Extract<Statement, { kind: "command" }>;

/** Takes the rows of a query on their way to the client. */
export type ResultSink = Readonly<{
  /** Hands on bytes; settles when more are welcome, and fails when the client is gone. */
  write: (chunk: Buffer) => Promise<void>;
}>;

/** Runs statements in the sessions of one engine. Every failure is a {@link ClickHouseException}, or the signal's reason. */
export type StatementRunner = Readonly<{
  /** Streams the result of a query into `sink`; when `signal` fires, the query is stopped inside the engine as well. */
  select: (statement: Select, request: QueryRequest, sink: ResultSink, signal: AbortSignal) => Promise<void>;
  /**
   * Inserts spooled rows. Once begun it runs to its end, whether the client waits or not.
   *
   * What the engine promises was tried out with chDB 3.4.0 (ClickHouse 26.7), system calls traced:
   *
   * - A plain MergeTree neither syncs nor deduplicates. With `fsync_after_insert` every file of a new part is synced before
   *   the part is renamed into place, with `fsync_part_directory` its directory before and after; merges need
   *   `min_rows_to_fsync_after_merge = 1`, or they replace synced parts by ones that are not.
   * - With `non_replicated_deduplication_window` a repeated `insert_deduplication_token` inserts nothing, whatever the rows.
   *   Tokens count per partition (and per block of a long insert): of an insert that got only one of its partitions in, the
   *   retry adds the other. The window counts parts, so an insert into two partitions takes two places.
   * - A token is written to the table's log just before the part is renamed, and that log is never synced. A process killed
   *   in between leaves a token without its rows, and a retry under it is dropped silently; a power cut can leave the rows
   *   without their token. Whoever needs all rows exactly once must count them afterwards and put back what is missing under
   *   a new token. Rows deleted by a mutation keep their token; `DROP PARTITION` and `TRUNCATE` forget it.
   */
  insert: (statement: Insert, request: QueryRequest, rows: SpooledRows, signal: AbortSignal) => Promise<SlotResult>;
  /** Runs a statement with a small answer. Once begun it runs to its end. */
  command: (statement: Command, request: QueryRequest, signal: AbortSignal) => Promise<SlotResult>;
}>;

/**
 * Makes a runner. `control` is a session outside the pool, for stopping statements in the others.
 *
 * Sessions run side by side: two single-threaded queries of 3.0 s took 3.7 s in two sessions and 5.8 s in one, on two cores.
 * Asynchronous calls occupy a thread of Node's pool each and left its event loop free (10 ms at most); opening a session
 * blocks it for about 1 ms.
 */
export function createStatementRunner(
  parts: Readonly<{ pool: SessionPool; control: SessionSlot; limits: EngineLimits; onWedged: () => void }>,
): StatementRunner {
  const { pool, control, limits, onWedged } = parts;
  const baselines = { query: settingsBaseline(limits, "query"), command: settingsBaseline(limits, "command") };

  /** Takes a session, prepares it and gives it back whatever happens. */
  const withSession = async <T>(
    work: Readonly<{ lane: Lane; baseline: SettingsBaseline; statement: Statement; request: QueryRequest }>,
    signal: AbortSignal,
    use: (slot: SessionSlot) => Promise<T>,
  ): Promise<T> => {
    refuseMissingParameters(work.statement, work.request);
    const lease: Lease = await pool.acquire(work.lane, signal);
    try {
      const settings = new Map([...Object.entries(work.baseline), ...work.request.settings]);
      const { database, parameters } = work.request;
      await lease.slot.prepare({ database, parameters, settings });
      return await use(lease.slot);
    } catch (error) {
      throw signal.aborted ? error : toClickHouseException(error, [lease.slot.pipePath]);
    } finally {
      const { statement } = work;
      // A session in read-only mode cannot be put back, and one changed by a command is not known any more.
      const isSpoilt = statement.kind === "command" && statement.changesSession;
      try {
        if (isSpoilt || work.request.settings.has("readonly")) lease.slot.renew();
      } finally {
        lease.release();
      }
    }
  };

  /** The caller holds the session until this is over, so that no later statement in it can be hit. */
  const stop = async (tag: string, isOver: () => boolean) => {
    const deadline = performance.now() + WEDGED_AFTER_MS;
    for (let waitMs = KILL_REPEAT_MIN_MS; !isOver(); waitMs = Math.min(waitMs * 2, KILL_REPEAT_MAX_MS)) {
      if (performance.now() > deadline) return onWedged();
      // ASYNC: chDB's KILL … SYNC waits for ever for the session that runs the statement (3.4.0).
      const kill = `KILL QUERY WHERE Settings['log_comment'] = ${quoteSqlString(tag)} ASYNC`;
      await control.run(kill, "Null").catch(() => undefined);
      await delay(waitMs);
    }
  };

  const select: StatementRunner["select"] = (statement, request, sink, signal) =>
    withSession({ lane: "query", baseline: baselines.query, statement, request }, signal, async (slot) => {
      const pipe = openResultPipe(slot.pipePath);
      const format = statement.format ?? request.defaultFormat;
      let isOver = false;
      let failure: unknown;
      const over = slot
        .run(statement.outputTo(slot.pipePath, format), "Null")
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => {
          isOver = true;
          pipe.finish();
        });
      let stopping: Promise<void> | undefined;
      const cancel = () => {
        stopping ??= stop(slot.tag, () => isOver);
        pipe.readable.destroy();
      };
      signal.addEventListener("abort", cancel);
      if (signal.aborted) cancel();
      try {
        for await (const chunk of pipe.readable as AsyncIterable<Buffer>) await sink.write(chunk);
      } catch (error) {
        cancel();
        failure ??= error;
      }
      await over;
      await stopping;
      signal.removeEventListener("abort", cancel);
      if (failure !== undefined) throw failure;
    });

  const insert: StatementRunner["insert"] = (statement, request, rows, signal) =>
    withSession({ lane: "insert", baseline: baselines.command, statement, request }, signal, async (slot) => {
      try {
        return await slot.run(statement.inputFrom(rows.path), "Null");
      } catch (error) {
        throw toClickHouseException(error, [rows.path]);
      }
    });

  const command: StatementRunner["command"] = (statement, request, signal) => {
    const lane = statement.inserts ? "insert" : "query";
    return withSession({ lane, baseline: baselines.command, statement, request }, signal, (slot) =>
      slot.run(statement.sql, statement.format ?? request.defaultFormat),
    );
  };

  return { select, insert, command };
}

const KILL_REPEAT_MIN_MS = 20;
const KILL_REPEAT_MAX_MS = 2_000;
/** A statement that ignores being stopped for so long holds its session for good; only a new process helps. */
const WEDGED_AFTER_MS = 120_000;

/** Answers as ClickHouse does; a session may still hold a value of that name from another request. */
function refuseMissingParameters(statement: Statement, request: QueryRequest): void {
  const missing = statement.placeholders.find((name) => !request.parameters.has(name));
  if (missing !== undefined) throw exception("UNKNOWN_QUERY_PARAMETER", `Substitution \`${missing}\` is not set`);
}
