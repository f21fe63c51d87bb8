import { EventReader, openReaderSide } from "@cairn/ledger";
import { engineClientOptions, IndexError, openIndexDatabase } from "@cairn/search";
import { type ClickHouseClient, createClient } from "@clickhouse/client";
import { dropParquetRows } from "../exports/parquet/parquet-file.ts";
import { INDEX_DATABASE } from "../search/database-name.ts";
import type { FollowedIndex } from "../search/followed-index.ts";
import type { Cursor } from "../search/follower.ts";
import { IndexKeeper } from "../search/index-keeper.ts";
import { InsertPace } from "../search/insert-pace.ts";
import { SaidQueue } from "../subjects/said.ts";
import type { IndexApi, IndexNews } from "./index-api.ts";
import { connect } from "./rpc.ts";
import { mainPort, offer, threadData } from "./thread-entry.ts";
import { RETRY_MS, untilAvailable } from "./until-available.ts";
import type { WriterApi } from "./writer-api.ts";
import { yieldToIngest } from "./yield-to-ingest.ts";

/** How often it is looked whether an insert is due. */
const TICK_MS = 50;
/** How long an engine may take to answer what it was asked last, once the server is to stop. */
const CLOSE_MS = 3_000;
/** An insert of 65,000 rows takes a second or two of a busy machine; more says that the engine is gone. */
const REQUEST_TIMEOUT_MS = 300_000;

yieldToIngest();
const { paths, ports } = threadData();
const side = openReaderSide(paths);
const reader = new EventReader(side);
const writer = connect<WriterApi>(ports.writer!);
const main = connect<IndexNews>(mainPort());
const pace = new InsertPace();
const said = new SaidQueue(side.access.subjectFacts);

let engine: ClickHouseClient | undefined;
let keeper: IndexKeeper | undefined;
let isClosing = false;
let isRebuildWanted = false;
/** What the main thread believes. */
let toldLag = 0;
let wake: (() => void) | undefined;
let loop: Promise<void> | undefined;

async function start(connection: Parameters<IndexApi["start"]>[0]): Promise<void> {
  const client = createClient({ ...engineClientOptions(connection), request_timeout: REQUEST_TIMEOUT_MS });
  engine = client;
  const live = openIndexDatabase(client, { database: INDEX_DATABASE });
  const opened = new IndexKeeper(
    {
      live,
      next: openIndexDatabase(client, { database: `${INDEX_DATABASE}_next` }),
    },
    { side, reader, writer },
  );
  const open = async () => {
    await dropParquetRows(live);
    await opened.open();
  };
  await untilAvailable(open, { isClosing: () => isClosing, onFailure: tellFailure });
  keeper = opened;
  tellEverything();
  loop ??= run(opened);
}

/** Search shows nothing beyond what it was told, and a tenant may stay quiet for long. */
function tellEverything(): void {
  tell(keeper?.live?.cursors() ?? []);
}

function tell(cursors: readonly Cursor[]): void {
  const { live, next } = keeper ?? {};
  if (live === undefined) return;
  const isRebuilding = isRebuildWanted || next !== undefined;
  toldLag = live.lag;
  main.tell("indexed", {
    cursors,
    lagEvents: live.lag,
    ...(isRebuilding ? { rebuildEvents: Math.max(1, next?.lag ?? 0) } : {}),
  });
}

function tellFailure({ message }: Error): void {
  main.tell("failed", { message });
}

async function run(opened: IndexKeeper): Promise<void> {
  while (!isClosing) {
    try {
      await turn(opened);
    } catch (error) {
      if (isClosing) break;
      tellFailure(error as Error);
      if (!(error instanceof IndexError) || error.fault === "internal") reader.forget();
      await pause(RETRY_MS);
    }
  }
  await opened.save();
}

/** What is next to be done: an insert, a piece of the index that is being built, or waiting. */
async function turn(opened: IndexKeeper): Promise<void> {
  if (isRebuildWanted) {
    await opened.build();
    isRebuildWanted = false;
  }
  await said.write(opened.databases());
  const { live, next } = opened;
  if (live === undefined) return;
  if (next !== undefined) {
    if (opened.isReadyToSwap()) {
      await opened.swap();
      tellEverything();
      return;
    }
    if (live.lag > 0 && next.lag > LAST_ROWS) tell(await live.step());
    // With little left the one in use waits, so that the other one can draw level.
    await next.step();
    tell([]);
    return;
  }
  if (live.lag === 0) {
    tell([]);
    if (!said.isEmpty) return;
    await news(live.saveInMs());
    if (live.lag === 0) await live.save();
    return;
  }
  await gather(live);
  tell(await live.step());
}

/** With so few rows missing, the new index is brought level at one go. */
const LAST_ROWS = 20_000;

/** Lets rows gather: the more come in, the larger inserts have to be. */
async function gather(live: FollowedIndex): Promise<void> {
  const fromMs = performance.now();
  for (;;) {
    const nowMs = performance.now();
    pace.note({ events: live.seen, growths: live.growths }, nowMs);
    if (isClosing || pace.isDue(live.lag, nowMs - fromMs)) return;
    tell([]);
    await pause(TICK_MS);
  }
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const handlers: IndexApi = {
  start,
  committed({ logs }: Parameters<IndexApi["committed"]>[0]) {
    keeper?.grow(logs);
    // The loop may be at something long, and until then nothing would seem to be missing.
    if (toldLag === 0) tell([]);
    wake?.();
  },
  said(about: Parameters<IndexApi["said"]>[0]) {
    said.add(about);
    wake?.();
  },
  rebuild() {
    isRebuildWanted = true;
    tell([]);
    wake?.();
  },
  async close() {
    isClosing = true;
    wake?.();
    // Nothing is lost by breaking off: rows that were not inserted are read from the ledger again.
    const breakOff = setTimeout(() => void engine?.close(), CLOSE_MS);
    await loop;
    clearTimeout(breakOff);
    side.close();
  },
};

offer(handlers);
