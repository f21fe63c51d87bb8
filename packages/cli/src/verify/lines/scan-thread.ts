import { parentPort, workerData } from "node:worker_threads";
import { createLineScanner } from "./line-scanner.ts";
import { type LogOfLines, NOTHING_SCANNED } from "./scanned-lines.ts";

// A thread of `startScanThreads`: takes blocks and gives them back, scanned.

const scan = createLineScanner(workerData as LogOfLines);

parentPort?.on("message", (bytes: Uint8Array<ArrayBuffer>) => {
  const scanned = scan?.(bytes) ?? NOTHING_SCANNED;
  parentPort?.postMessage({ bytes, scanned }, [bytes.buffer]);
});
