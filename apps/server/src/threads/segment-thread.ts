import { buildRun, EVENT_LOG, openReaderSide, readLogs, Segmenter, sweepSegments } from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { connect, type Handlers } from "./rpc.ts";
import { offer, threadData } from "./thread-entry.ts";
import type { WriterApi } from "./writer-api.ts";

/** How often the journal is looked at for something to move. */
const LOOK_MS = 2_000;

const { paths, ports } = threadData();
const side = openReaderSide(paths);
const writer = connect<WriterApi>(ports.writer!);
const segmenter = new Segmenter({ ...side, kernel: createHashKernel() });
sweepSegments(side.db, side.blobs);

let running: Promise<void> | undefined;
let isClosing = false;

/** Moves what is due from the journal into segments and builds identity runs. */
async function work(which: "due" | "all"): Promise<void> {
  for (const log of readLogs(side.db)) {
    if (log.log !== EVENT_LOG) continue;
    while (!isClosing && (which === "all" || segmenter.isDue(log, Date.now()))) {
      const swap = segmenter.build(log);
      if (swap === undefined) break;
      await writer.call("swapSegment", swap);
    }
  }
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

function run(which: "due" | "all"): Promise<void> {
  running ??= work(which).finally(() => {
    running = undefined;
  });
  return running;
}

const timer = setInterval(() => {
  run("due").catch((error: unknown) => {
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
    await run("all");
  },
  async close() {
    clearInterval(timer);
    isClosing = true;
    await running?.catch(() => undefined);
    side.close();
  },
};

offer(handlers);
