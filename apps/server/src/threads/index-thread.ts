import { EVENT_LOG, EventReader, openReaderSide, readLogs } from "@cairn/ledger";
import {
  createIndex,
  currentStamp,
  dropIndex,
  engineClientOptions,
  heldLedgers,
  type IndexDatabase,
  IndexError,
  isCurrent,
  openIndexDatabase,
} from "@cairn/search";
import { createClient } from "@clickhouse/client";
import { type Cursor, Follower, MAX_INSERT_ROWS } from "../search/follower.ts";
import type { IndexApi, IndexNews } from "./index-api.ts";
import { connect } from "./rpc.ts";
import { mainPort, offer, threadData } from "./thread-entry.ts";
import type { WriterApi } from "./writer-api.ts";

/** Name of this follower's cursors. */
const FOLLOWER = "index";
/** How often it is looked whether an insert is due. */
const TICK_MS = 50;
/** With few rows the next insert follows so soon after the first event that waits. */
const QUIET_MS = 250;
const QUIET_ROWS = 1_000;
/** With more, so soon: at 15,000 events a second everything is found within a second. */
const BUSY_MS = 400;
/** Beyond this rate, events a second, only large inserts keep up; they are found a little later. */
const FLOOD_RATE = 20_000;
const FLOOD_MS = 2_000;
/** Cursors only spare work after a restart: they are written so often at most, whatever is inserted. */
const SAVE_MS = 2_000;
/** Waits after the engine could not be reached. */
const RETRY_MS = 1_000;

const { paths, ports } = threadData();
const side = openReaderSide(paths);
const reader = new EventReader(side);
const writer = connect<WriterApi>(ports.writer!);
const main = connect<IndexNews>(mainPort());

let index: IndexDatabase | undefined;
let follower: Follower | undefined;
let isClosing = false;
let wake: (() => void) | undefined;
let loop: Promise<void> | undefined;
/** Cursors that moved since they were last written. */
const unsaved = new Map<string, Cursor>();
let savedMs = performance.now();
/** How many events had been heard of at some moments of the last seconds. */
const grown: { readonly atMs: number; readonly events: number }[] = [];
let grownEvents = 0;
const sizes = new Map<string, number>();
/** Rates are told from so long. */
const RATE_MS = 2_000;

async function start({ connection, database }: Parameters<IndexApi["start"]>[0]): Promise<void> {
  const client = createClient({ ...engineClientOptions(connection), request_timeout: 300_000 });
  index = openIndexDatabase(client, { database });
  await prepareTables(index);
  await resume(index);
  loop ??= run();
}

/** An index of another schema or engine is built anew: it holds nothing that the ledger does not. */
async function prepareTables(database: IndexDatabase): Promise<void> {
  const stamp = await createIndex(database);
  if (isCurrent(stamp, await currentStamp(database))) return;
  await startAnew(database);
}

async function startAnew(database: IndexDatabase): Promise<void> {
  await dropIndex(database);
  await createIndex(database);
  const cursors = readLogs(side.db)
    .filter((log) => log.log === EVENT_LOG)
    .map(({ tenantNo, ledger }) => ({ tenantNo, ledger, sequence: 0 }));
  await writer.call("setCursors", { follower: FOLLOWER, cursors });
}

/** Takes up the cursors and checks by count that the index holds what they say. */
async function resume(database: IndexDatabase): Promise<void> {
  const next = new Follower(database, reader);
  const stored = side.db.all<{ tenant_no: number; ledger: number; sequence: number }>(
    "SELECT tenant_no, ledger, sequence FROM cursors WHERE follower = ?",
    FOLLOWER,
  );
  const cursors = new Map(stored.map((row) => [`${row.tenant_no}/${row.ledger}`, row.sequence]));
  const counts = new Map((await heldLedgers(database)).map((held) => [`${held.tenantNo}/${held.ledger}`, held]));
  for (const log of readLogs(side.db)) {
    if (log.log !== EVENT_LOG) continue;
    const id = `${log.tenantNo}/${log.ledger}`;
    const cursor = Math.min(cursors.get(id) ?? 0, log.size);
    const held = counts.get(id) ?? { rows: 0, end: 0 };
    // Fewer rows than the cursor promises: something was lost, and only what is missing is inserted again.
    if (held.rows < cursor) next.resume(log, 0, Math.max(cursor, held.end));
    else next.resume(log, cursor, held.end);
  }
  follower = next;
  // What was committed while the counts were read.
  for (const log of readLogs(side.db)) follower.grow(log);
  // Search shows nothing beyond what it was told, and a tenant may stay quiet for long.
  main.tell("indexed", { cursors: next.cursors(), lagEvents: next.lag });
}

async function run(): Promise<void> {
  while (!isClosing) {
    if ((follower?.lag ?? 0) === 0) {
      main.tell("indexed", { cursors: [], lagEvents: 0 });
      await news(unsaved.size === 0 ? undefined : SAVE_MS);
      if ((follower?.lag ?? 0) === 0) await save();
      continue;
    }
    await gather();
    await step();
    if (performance.now() - savedMs >= SAVE_MS) await save();
  }
  await save();
}

/** Waits until something was committed, or for so long. */
function news(timeoutMs: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** Lets rows gather: the more come in, the larger inserts have to be. */
async function gather(): Promise<void> {
  const fromMs = performance.now();
  for (;;) {
    const lag = follower?.lag ?? 0;
    const waitedMs = performance.now() - fromMs;
    const enoughMs = rate() > FLOOD_RATE ? FLOOD_MS : lag > QUIET_ROWS ? BUSY_MS : QUIET_MS;
    if (isClosing || lag >= MAX_INSERT_ROWS || waitedMs >= enoughMs) return;
    await pause(TICK_MS);
  }
}

/** Events committed in the last second or two, a second. */
function rate(): number {
  const nowMs = performance.now();
  while (grown.length > 1 && nowMs - grown[0]!.atMs > RATE_MS) grown.shift();
  const [oldest] = grown;
  return oldest === undefined ? 0 : ((grownEvents - oldest.events) * 1_000) / Math.max(RATE_MS / 2, nowMs - oldest.atMs);
}

async function step(): Promise<void> {
  if (follower === undefined) return;
  try {
    const cursors = await follower.step();
    for (const cursor of cursors) unsaved.set(`${cursor.tenantNo}/${cursor.ledger}`, cursor);
    main.tell("indexed", { cursors, lagEvents: follower.lag });
  } catch (error) {
    if (isClosing) return;
    main.tell("failed", { message: (error as Error).message });
    if (!(error instanceof IndexError) || error.fault === "internal") reader.forget();
    await pause(RETRY_MS);
  }
}

/** Writes down how far the index is. What it holds beyond that is found out after a restart. */
async function save(): Promise<void> {
  savedMs = performance.now();
  if (unsaved.size === 0) return;
  const cursors = [...unsaved.values()];
  unsaved.clear();
  await writer.call("setCursors", { follower: FOLLOWER, cursors });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const handlers: IndexApi = {
  start,
  committed({ logs }: Parameters<IndexApi["committed"]>[0]) {
    for (const log of logs) follower?.grow(log);
    wake?.();
    wake = undefined;
  },
  async rebuild() {
    if (index === undefined) return;
    await startAnew(index);
    await resume(index);
    wake?.();
  },
  async close() {
    isClosing = true;
    wake?.();
    await loop;
    side.close();
  },
};

offer(handlers);
