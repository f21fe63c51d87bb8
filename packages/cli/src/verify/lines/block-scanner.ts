import { Worker } from "node:worker_threads";
import { createLineScanner } from "./line-scanner.ts";
import { type LogOfLines, NOTHING_SCANNED, type ScannedLines } from "./scanned-lines.ts";

/** A block of whole lines, and what a scan says of them. */
export interface ScannedBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly scanned: ScannedLines;
}

/** Scans blocks, here or in threads. */
export interface BlockScanner {
  /** Blocks that are taken at one time, so that no thread waits for the next. */
  readonly depth: number;
  /** Scans a block, whose memory is not the caller's until it is given back. */
  scan(bytes: Uint8Array<ArrayBuffer>): Promise<ScannedBlock>;
  close(): Promise<void>;
}

/** Makes a scanner that works in this thread; it leaves every line where WebAssembly does not run. */
export function createBlockScanner(log: LogOfLines): BlockScanner {
  const scan = createLineScanner(log);
  return {
    depth: 1,
    scan: (bytes) => Promise.resolve({ bytes, scanned: scan?.(bytes) ?? NOTHING_SCANNED }),
    close: () => Promise.resolve(),
  };
}

/** Scans nothing: every line is left. */
export const IDLE_SCANNER: BlockScanner = {
  depth: 1,
  scan: (bytes) => Promise.resolve({ bytes, scanned: NOTHING_SCANNED }),
  close: () => Promise.resolve(),
};

/** Blocks that lie before a thread: the one it scans and the next. */
const BLOCKS_PER_THREAD = 2;

interface Thread {
  readonly worker: Worker;
  /** Blocks that it has, in the order in which it gives them back. */
  readonly waiting: PromiseWithResolvers<ScannedBlock>[];
}

/** Starts threads that scan. The first that fails fails all that they have. */
export function startScanThreads(log: LogOfLines, count: number): BlockScanner {
  let failure: Error | undefined;
  const threads = Array.from({ length: count }, (): Thread => {
    const worker = new Worker(new URL("./scan-thread.ts", import.meta.url), { workerData: log });
    const thread: Thread = { worker, waiting: [] };
    worker.on("message", (block: ScannedBlock) => thread.waiting.shift()?.resolve(block));
    worker.on("error", (error) => fail(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => fail(new Error("a thread that reads events has ended")));
    return thread;
  });

  function fail(error: Error): void {
    failure ??= error;
    for (const { waiting } of threads) for (const each of waiting.splice(0)) each.reject(failure);
  }

  return {
    depth: count * BLOCKS_PER_THREAD,
    scan(bytes) {
      if (failure !== undefined) return Promise.reject(failure);
      const thread = threads.reduce((a, b) => (b.waiting.length < a.waiting.length ? b : a));
      const answer = Promise.withResolvers<ScannedBlock>();
      thread.waiting.push(answer);
      thread.worker.postMessage(bytes, [bytes.buffer]);
      return answer.promise;
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
