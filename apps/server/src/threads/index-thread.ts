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
import { Follower } from "../search/follower.ts";
import type { IndexApi, IndexNews } from "./index-api.ts";
import { connect } from "./rpc.ts";
import { mainPort, offer, threadData } from "./thread-entry.ts";
import type { WriterApi } from "./writer-api.ts";

/** Name of this follower's cursors. */
const FOLLOWER = "index";
/** Waits between inserts: short while there is little, long enough under load for the engine to get large blocks. */
const QUIET_MS = 250;
const BUSY_MS = 1_000;
const BUSY_EVENTS = 5_000;
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
    const lag = follower?.lag ?? 0;
    if (lag === 0) {
      main.tell("indexed", { cursors: [], lagEvents: 0 });
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    await pause(lag > BUSY_EVENTS ? BUSY_MS : QUIET_MS);
    await step();
  }
}

async function step(): Promise<void> {
  if (follower === undefined) return;
  try {
    const cursors = await follower.step();
    if (cursors.length === 0) return;
    main.tell("indexed", { cursors, lagEvents: follower.lag });
    await writer.call("setCursors", { follower: FOLLOWER, cursors });
  } catch (error) {
    if (isClosing) return;
    main.tell("failed", { message: (error as Error).message });
    if (!(error instanceof IndexError) || error.fault === "internal") reader.forget();
    await pause(RETRY_MS);
  }
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
