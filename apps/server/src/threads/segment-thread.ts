import {
  buildRun,
  EVENT_LOG,
  JournalWatch,
  openReaderSide,
  readLogAt,
  readLogs,
  Segmenter,
  sweepSegments,
} from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { type PlannedMove, planMoves } from "../segments/move-plan.ts";
import { connect, type Handlers } from "./rpc.ts";
import { offer, threadData } from "./thread-entry.ts";
import type { WriterApi } from "./writer-api.ts";
import { yieldToIngest } from "./yield-to-ingest.ts";

/** How often the journal is looked at for something to move. */
const LOOK_MS = 2_000;
/** With more events a second than this the writer is not asked for anything that can wait. */
const QUIET_RATE = 1_000;
/** Between two pieces of space the writer commits what has come in. */
const RELEASE_PAUSE_MS = 25;
/** The follower that ought to have read what is moved. */
const INDEX_FOLLOWER = "index";

yieldToIngest();
const { paths, ports } = threadData();
const side = openReaderSide(paths);
const writer = connect<WriterApi>(ports.writer!);
const segmenter = new Segmenter({ ...side, kernel: createHashKernel() });
const watch = new JournalWatch(side.db);
sweepSegments(side.db, side.blobs);

let running: Promise<void> | undefined;
let isClosing = false;
watch.look();
let last = { atMs: performance.now(), entries: watch.arrivedEntries };
let rate = 0;

/** Looks at what is new in the journal, and how fast it grows. */
function look(): void {
  watch.look();
  const now = { atMs: performance.now(), entries: watch.arrivedEntries };
  const seconds = (now.atMs - last.atMs) / 1_000;
  if (seconds < 1) return;
  rate = (now.entries - last.entries) / seconds;
  last = now;
}

/** Moves what is due, a segment of each log in turn, until nothing is; in between, identity runs are built. */
async function moveDue(): Promise<void> {
  for (;;) {
    look();
    await buildRuns();
    let moved = 0;
    for (const planned of planMoves({ backlogs: watch.backlogs(), rate, nowMs: Date.now() })) {
      if (await move(planned)) moved++;
      if (isClosing) return;
    }
    if (moved === 0) return await releaseSpace();
  }
}

/** Gives back, in quiet times, what the journal took when it was full. */
async function releaseSpace(): Promise<void> {
  while (!isClosing && rate < QUIET_RATE && (await writer.call("releaseSpace", undefined)) > 0) {
    await pause(RELEASE_PAUSE_MS);
    look();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function move({ tenantNo, ledger, mode, atLeast }: PlannedMove): Promise<boolean> {
  const log = readLogAt(side.db, { tenantNo, log: EVENT_LOG, ledger });
  if (log === undefined) return false;
  const swap = segmenter.build(log, mode === "indexed" ? { before: indexedUntil(log), atLeast } : { atLeast });
  if (swap === undefined) return false;
  await writer.call("swapSegment", swap);
  watch.forget(log);
  return true;
}

function indexedUntil({ tenantNo, ledger }: { readonly tenantNo: number; readonly ledger: number }): number {
  const sql = "SELECT sequence FROM cursors WHERE follower = ? AND tenant_no = ? AND ledger = ?";
  return side.db.get<{ sequence: number }>(sql, INDEX_FOLLOWER, tenantNo, ledger)?.sequence ?? 0;
}

async function moveAll(): Promise<void> {
  for (const log of readLogs(side.db)) {
    if (log.log !== EVENT_LOG) continue;
    while (!isClosing) {
      const swap = segmenter.build(log);
      if (swap === undefined) break;
      await writer.call("swapSegment", swap);
      watch.forget(log);
    }
  }
  await buildRuns();
}

async function buildRuns(): Promise<void> {
  for (;;) {
    const job = isClosing ? undefined : await writer.call("takeRunJob", undefined);
    if (job === undefined) return;
    try {
      const { info, count } = buildRun(job, side);
      await writer.call("finishRunJob", { job, ...info, count });
    } catch (error) {
      await writer.call("failRunJob", undefined);
      throw error;
    }
  }
}

function run(work: () => Promise<void>): Promise<void> {
  running ??= work().finally(() => {
    running = undefined;
  });
  return running;
}

const timer = setInterval(() => {
  run(moveDue).catch((error: unknown) => {
    // A full disk passes; anything else ends the thread, and the server with it: a restart goes through recovery.
    if ((error as { code?: string }).code !== "disk_full") throw error;
  });
}, LOOK_MS);

/** What the segment thread does for the others. */
export interface SegmentApi extends Handlers {
  /** Moves everything that is sealed. */
  segmentAll(nothing: undefined): Promise<void>;
  close(nothing: undefined): Promise<void>;
}

const handlers: SegmentApi = {
  async segmentAll() {
    await running;
    await run(moveAll);
  },
  async close() {
    clearInterval(timer);
    isClosing = true;
    await running?.catch(() => undefined);
    side.close();
  },
};

offer(handlers);
