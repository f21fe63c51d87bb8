import { type LogOfLines, RECORD_BYTES, type ScannedLines } from "./scanned-lines.ts";
import { SCANNER_WASM } from "./scanner-wasm.ts";

/** Scans blocks of whole lines, in this thread. */
export type LineScanner = (block: Uint8Array) => ScannedLines;

/** What is used of the global `WebAssembly`, which is typed only where the DOM is, and absent under `--jitless`. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What `assembly/index.ts` exports; addresses are offsets in `memory`. */
interface ScannerExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  setUp(prefix: number, prefixLength: number, size: number, origin: number, originLength: number): void;
  scan(from: number, end: number, messages: number, records: number, maxRecords: number): number;
  scannedEnd(): number;
}

const PAGE_BYTES = 65_536;
/** Most lines of a block that are scanned: shorter ones than 64 bytes disclose nothing. */
const MAX_RECORDS = 16_384;
/** Free bytes between regions: the scanner reads up to 63 past a message. */
const SLACK_BYTES = 64;
/** What the messages of a batch take beside those of its last line. */
const BATCH_BYTES = 256 << 10;
/** Longer origins are no log's: a key name has to fit into a line of a note. */
const MAX_ORIGIN_BYTES = 1 << 16;
const NEWLINE = 0x0a;
const LEFT = 0;
const STATE_OFFSET = 16;

/** Makes a scanner for the lines of a log; undefined where WebAssembly with SIMD does not run. */
export function createLineScanner(log: LogOfLines): LineScanner | undefined {
  const prefix = Buffer.from(`{"ledger":${log.ledger},"sequence":`);
  const origin = Buffer.from(JSON.stringify(log.origin));
  const wasm = origin.length > MAX_ORIGIN_BYTES ? undefined : instantiate();
  if (wasm === undefined) return undefined;
  const { memory } = wasm;
  const prefixAt = align(wasm.heapBase() + SLACK_BYTES);
  const originAt = align(prefixAt + prefix.length + SLACK_BYTES);
  const recordsAt = align(originAt + origin.length + SLACK_BYTES);
  const blockAt = align(recordsAt + MAX_RECORDS * RECORD_BYTES + SLACK_BYTES);
  reserve(memory, blockAt);
  new Uint8Array(memory.buffer).set(prefix, prefixAt);
  new Uint8Array(memory.buffer).set(origin, originAt);
  wasm.setUp(prefixAt, prefix.length, log.size, originAt, origin.length);

  return (block) => {
    const end = blockAt + block.length;
    const messagesAt = align(end + SLACK_BYTES);
    reserve(memory, messagesAt + BATCH_BYTES + block.length + SLACK_BYTES);
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(block, blockAt);
    bytes[end] = NEWLINE;
    const count = wasm.scan(blockAt, end, messagesAt, recordsAt, MAX_RECORDS);
    const records = bytes.slice(recordsAt, recordsAt + count * RECORD_BYTES);
    const scanned = wasm.scannedEnd() - blockAt;
    return { records, count, end: scanned, isComplete: scanned === block.length && !hasLeft(records) };
  };
}

function hasLeft(records: Uint8Array): boolean {
  for (let at = STATE_OFFSET; at < records.length; at += RECORD_BYTES) if (records[at] === LEFT) return true;
  return false;
}

/** The module, compiled once a thread. */
let compiled: object | undefined;

function instantiate(): ScannerExports | undefined {
  const api = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (api === undefined) return undefined;
  try {
    compiled ??= new api.Module(Buffer.from(SCANNER_WASM, "base64"));
    // The one place where the module's types are taken on trust: a test compiles it from the source beside it.
    return new api.Instance(compiled).exports as ScannerExports;
  } catch {
    return undefined;
  }
}

function reserve(memory: ScannerExports["memory"], byteLength: number): void {
  const missing = byteLength - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}

function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}
