import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cairn, CairnApiError, CairnClientError, type ExportJob, isRetryable } from "@cairn/sdk";
import { CliFailure } from "../command/failure.ts";

/** A file to be fetched. */
export interface Download {
  readonly cairn: Pick<Cairn, "exports">;
  readonly job: ExportJob & { readonly file: NonNullable<ExportJob["file"]> };
  /** Where it goes. While it is not whole, `.part` stands behind its name. */
  readonly path: string;
  readonly onProgress: (bytes: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Breaks in a row, without a byte in between, after which it is given up. */
const MAX_BREAKS = 8;
const PAUSE_MS = 250;
/** A stream that gives nothing for so long has broken, whatever TCP believes. */
const STALL_MS = 60_000;

/**
 * Fetches the file of an export, going on where a break (or an earlier run) left off, and compares its digest. Throws
 * `CliFailure` when what came is not the file.
 */
export async function downloadExport(download: Download): Promise<void> {
  const { job, path } = download;
  const part = `${path}.part`;
  const state: PartState = { bytes: await sizeOf(part), etag: undefined };
  // A longer beginning is that of another file.
  if (state.bytes > job.file.bytes) state.bytes = 0;
  let breaks = 0;
  while (state.bytes < job.file.bytes) {
    const before = state.bytes;
    const fault = await fetchInto(part, state, download).catch((error: unknown) => error);
    breaks = state.bytes > before ? 0 : breaks + 1;
    if (fault !== undefined && (!isPassing(fault) || download.signal.aborted)) throw fault;
    if (breaks > MAX_BREAKS) throw fault ?? new CliFailure("the server ends the file before its end");
    if (state.bytes < job.file.bytes) await pause(PAUSE_MS * 2 ** breaks, download.signal);
  }
  if (job.file.bytes === 0) await (await open(part, "w")).close();
  const digest = await sha256Of(part);
  if (digest !== job.file.sha256) {
    await rename(part, `${path}.damaged`);
    throw new CliFailure(`${path}.damaged has not the digest that the server states: fetch it again`);
  }
  await rename(part, path);
}

/** How much of the file is there. Only `fetchInto` changes it. */
interface PartState {
  bytes: number;
  etag: string | undefined;
}

async function fetchInto(part: string, state: PartState, download: Download): Promise<void> {
  const { cairn, job, signal } = download;
  const watchdog = createWatchdog(signal);
  try {
    const { stream, fromByte, etag } = await cairn.exports.download(job.id, {
      fromByte: state.bytes,
      ...(state.etag === undefined ? {} : { etag: state.etag }),
      signal: watchdog.signal,
    });
    await using handle = await open(part, fromByte === 0 ? "w" : "r+");
    state.bytes = fromByte;
    state.etag = etag;
    for await (const chunk of unbroken(stream)) {
      await writeAll(handle, chunk, state.bytes);
      state.bytes += chunk.length;
      watchdog.feed();
      await download.onProgress(state.bytes);
      if (state.bytes > job.file.bytes) throw new CliFailure("the server sends more than it has announced");
    }
    await handle.sync();
  } finally {
    watchdog.stop();
  }
}

/** A stream that breaks is a server that cannot be reached for the moment. */
async function* unbroken(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* stream;
  } catch (cause) {
    throw new CairnClientError("unreachable", "the connection broke in the middle of the file", { cause });
  }
}

interface Watchdog {
  readonly signal: AbortSignal;
  /** Puts the end off. */
  feed(): void;
  stop(): void;
}

/** Ends a download that gives nothing any more, or that is interrupted. */
function createWatchdog(interrupt: AbortSignal): Watchdog {
  const controller = new AbortController();
  const bite = () => controller.abort();
  interrupt.addEventListener("abort", bite, { once: true });
  let timer = setTimeout(bite, STALL_MS);
  return {
    signal: controller.signal,
    feed() {
      clearTimeout(timer);
      timer = setTimeout(bite, STALL_MS);
    },
    stop() {
      clearTimeout(timer);
      interrupt.removeEventListener("abort", bite);
    },
  };
}

/** Waits; an interruption shows in the next call. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => {});
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}

function isPassing(error: unknown): boolean {
  return (error instanceof CairnApiError || error instanceof CairnClientError) && isRetryable(error);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

/** Computes the SHA-256 of a file, lower-case hex. */
export async function sha256Of(path: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(path)) digest.update(chunk as Uint8Array);
  return digest.digest("hex");
}
