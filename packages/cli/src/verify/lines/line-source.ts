import { availableParallelism } from "node:os";
import { type BlockScanner, createBlockScanner, IDLE_SCANNER, startScanThreads } from "./block-scanner.ts";
import { type BlockRoom, type LineBlock, readBlocks } from "./read-blocks.ts";
import type { LogOfLines, ScannedLines } from "./scanned-lines.ts";

/** A part of the file, in the order of the file. */
export type LinePart =
  | Exclude<LineBlock, { readonly kind: "lines" }>
  | {
      readonly kind: "lines";
      readonly scanned: ScannedLines;
      /** Empty when every line was read. */
      readonly bytes: Uint8Array;
    };

/** The lines of a file, scanned ahead of whoever asks for them. */
export interface LineSource {
  readonly parts: AsyncIterable<LinePart>;
  close(): Promise<void>;
}

/** What is read at a time; some 600 events. */
const BLOCK_BYTES = 1 << 20;
/** Smaller files are read before a thread would have started. */
const THREADS_FROM_BYTES = 8 << 20;
/** More threads would wait for the one that reads the file. */
const MAX_THREADS = 8;
/** What may be held of a file that is scanned faster than it is asked for: records, and blocks with lines that are left. */
const MAX_HELD_BYTES = 64 << 20;

/** Where lines come from. */
export interface LineInput {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly fileBytes: number;
  readonly maxLineBytes: number;
  /** Undefined when nothing is to be scanned. */
  readonly log: LogOfLines | undefined;
  /** Threads to scan with; as many as there are processors, when the file is worth it, unless given. */
  readonly threads?: number;
  /** What may be held of what nobody has asked for yet; 64 MiB unless given. */
  readonly maxHeldBytes?: number;
}

/** Opens a file of lines. With threads, it is read from now on, without them, when its parts are asked for. */
export function openLines(input: LineInput): LineSource {
  const { chunks, fileBytes, maxLineBytes, log, maxHeldBytes = MAX_HELD_BYTES } = input;
  const processors = Math.min(availableParallelism(), MAX_THREADS);
  const { threads = fileBytes < THREADS_FROM_BYTES || processors === 1 ? 0 : processors } = input;
  const free: Uint8Array<ArrayBuffer>[] = [];
  const room: BlockRoom = {
    blockBytes: BLOCK_BYTES,
    take: (byteLength) =>
      (byteLength === BLOCK_BYTES ? free.pop() : undefined) ?? new Uint8Array(Math.max(byteLength, BLOCK_BYTES)),
  };
  const blocks = readBlocks(chunks, { maxLineBytes, room });
  const recycle = ({ buffer }: Uint8Array<ArrayBuffer>): void => {
    if (buffer.byteLength === BLOCK_BYTES) free.push(new Uint8Array(buffer));
  };
  if (log === undefined || threads === 0) {
    return scanInTurn(blocks, { scanner: log === undefined ? IDLE_SCANNER : createBlockScanner(log), recycle });
  }
  return scanAhead(blocks, { scanner: startScanThreads(log, threads), recycle, maxHeldBytes });
}

interface Tools {
  readonly scanner: BlockScanner;
  /** Takes back the memory of a block. */
  readonly recycle: (bytes: Uint8Array<ArrayBuffer>) => void;
}

function scanInTurn(blocks: AsyncIterable<LineBlock>, { scanner, recycle }: Tools): LineSource {
  async function* parts(): AsyncGenerator<LinePart, void, undefined> {
    for await (const block of blocks) {
      if (block.kind !== "lines") yield block;
      else {
        const { bytes, scanned } = await scanner.scan(block.bytes);
        yield { kind: "lines", bytes, scanned };
        recycle(bytes);
      }
    }
  }
  return { parts: parts(), close: () => scanner.close() };
}

const NO_BYTES = new Uint8Array(0);

function scanAhead(
  blocks: AsyncIterable<LineBlock>,
  { scanner, recycle, maxHeldBytes }: Tools & { readonly maxHeldBytes: number },
): LineSource {
  const queue: Promise<LinePart | "over">[] = [];
  let heldBytes = 0;
  let underWay = 0;
  let isClosed = false;
  let change = Promise.withResolvers<void>();

  function tell(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  function push(part: Promise<LinePart | "over">): void {
    part.catch(() => undefined); // it is thrown where the part is asked for
    queue.push(part);
    tell();
  }

  async function scan(block: Uint8Array<ArrayBuffer>): Promise<LinePart> {
    const blockBytes = block.length;
    heldBytes += blockBytes;
    underWay++;
    try {
      const { bytes, scanned } = await scanner.scan(block);
      if (scanned.isComplete) {
        heldBytes -= blockBytes;
        recycle(bytes);
      }
      heldBytes += scanned.records.length;
      return { kind: "lines", scanned, bytes: scanned.isComplete ? NO_BYTES : bytes };
    } finally {
      underWay--;
      tell();
    }
  }

  async function produce(): Promise<"over"> {
    for await (const block of blocks) {
      while (!isClosed && (underWay >= scanner.depth || heldBytes >= maxHeldBytes)) await change.promise;
      if (isClosed) break;
      push(block.kind === "lines" ? scan(block.bytes) : Promise.resolve(block));
    }
    return "over";
  }

  async function* parts(): AsyncGenerator<LinePart, void, undefined> {
    for (;;) {
      while (queue.length === 0) await change.promise;
      const part = await queue.shift();
      if (part === undefined || part === "over") return;
      yield part;
      if (part.kind === "lines") heldBytes -= part.bytes.length + part.scanned.records.length;
      tell();
    }
  }

  const over = produce();
  const ended = over.then(
    () => push(over),
    () => push(over),
  );
  return {
    parts: parts(),
    async close() {
      isClosed = true;
      tell();
      await scanner.close();
      await ended;
    },
  };
}
