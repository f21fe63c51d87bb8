// Reads lines of disclosures and computes the event root of each. It only ever says of a line that it is in order; what is
// wrong with any other, and whether anything is, the caller finds out. The caller owns the memory from heapBase() on.

import { eventRoots } from "../../merkle/assembly/event-roots";
import { hashMessages } from "../../merkle/assembly/messages";
import { prepareBase64 } from "./base64";
import {
  message, readLine, redactedCount, sequence, setLog, setMessages, unitCount,
} from "./lines";
import { setOrigin } from "./units";

/** Events are hashed together until they have so many units, or so many bytes: what a processor keeps close by. */
const BATCH_UNITS: u32 = 1536;
const BATCH_BYTES: usize = 128 * 1024;

// Room below is for the 1,536 units of a batch and the 1,024 of the line that fills it.

const ADDRESSES: usize = memory.data(4 * (1536 + 1024), 16);
const LENGTHS: usize = memory.data(4 * (1536 + 1024), 16);
const ORDER: usize = memory.data(4 * (1536 + 1024), 16);
/** 64 bytes are left free before and behind what is hashed. */
const COMMITMENTS: usize = memory.data(32 * (1536 + 1024) + 128, 16) + 64;
/** Every event has a unit at least. */
const COUNTS: usize = memory.data(4 * (1536 + 1024), 16);
const ROOT_MESSAGES: usize = memory.data(35 * (1536 + 1024) + 128, 16) + 64;
const ROOT_OFFSETS: usize = memory.data(4 * (1536 + 1024), 16);
const ROOT_LENGTHS: usize = memory.data(4 * (1536 + 1024), 16);
const ROOTS: usize = memory.data(32 * (1536 + 1024), 16);

/** Of a line: u32 start and end, f64 sequence, u32 state, u32 nothing, 32 bytes event root. */
const RECORD: usize = 56;
const STATE: usize = 16;
const ROOT: usize = 24;
/** The caller must look at the line itself; all units are shown; some are not. */
const LEFT: u32 = 0;
const SHOWN: u32 = 1;
const REDACTED: u32 = 2;

const NEWLINE: u8 = 0x0a;

/** Numbers of the records whose roots are still to be computed. */
const WAITING: usize = memory.data(4 * (1536 + 1024), 16);
let waiting: u32 = 0;
let batchUnits: u32 = 0;
let recordsAt: usize = 0;
let messagesAt: usize = 0;
let scannedTo: usize = 0;

/** First address that is free for the caller. */
export function heapBase(): usize {
  return __heap_base;
}

/** Says of which log the lines are: how they begin, and the value of each event's unit /log. To be called once. */
export function setUp(prefix: usize, prefixLength: usize, size: f64, origin: usize, originLength: usize): void {
  prepareBase64();
  setLog(prefix, prefixLength, u64(size));
  setOrigin(origin, originLength);
}

/** Address behind the last line that has a record. */
export function scannedEnd(): usize {
  return scannedTo;
}

/** Computes what waits. When an event has a commitment twice, all of them are left to the caller. */
function finishBatch(): void {
  if (waiting > 0) {
    hashMessages(0, ADDRESSES, LENGTHS, batchUnits, ORDER, COMMITMENTS);
    for (let i: usize = 0; i < usize(batchUnits); i++) {
      if (load<u32>(LENGTHS + (i << 2)) == 0) {
        memory.copy(COMMITMENTS + (i << 5), usize(load<u32>(ADDRESSES + (i << 2))), 32);
      }
    }
    const duplicate = eventRoots(COMMITMENTS, COUNTS, waiting, ROOT_MESSAGES, ROOT_OFFSETS, ROOT_LENGTHS, ORDER, ROOTS);
    for (let i: usize = 0; i < usize(waiting); i++) {
      const record = recordsAt + usize(load<u32>(WAITING + (i << 2))) * RECORD;
      if (duplicate >= 0) store<u32>(record, LEFT, STATE);
      else memory.copy(record + ROOT, ROOTS + (i << 5), 32);
    }
  }
  waiting = 0;
  batchUnits = 0;
  setMessages(messagesAt, ADDRESSES, LENGTHS);
}

function endOfLine(at: usize): usize {
  while (load<u8>(at) != NEWLINE) at++;
  return at;
}

/**
 * Reads the lines from `from` to `end`, where the caller has put one more newline, and writes at most `maxRecords` records;
 * answers how many. `messages` is room for 256 KiB and as many bytes as lie between `from` and `end`.
 */
export function scan(from: usize, end: usize, messages: usize, records: usize, maxRecords: u32): u32 {
  recordsAt = records;
  messagesAt = messages;
  finishBatch();
  let at = from;
  let count: u32 = 0;
  while (at < end && count < maxRecords) {
    const record = records + usize(count) * RECORD;
    const lineEnd = readLine(at);
    store<u32>(record, u32(at - from));
    if (lineEnd == 0) {
      at = endOfLine(at);
      store<u32>(record, u32(at - from), 4);
      store<u32>(record, LEFT, STATE);
    } else {
      at = lineEnd;
      store<u32>(record, u32(at - from), 4);
      store<f64>(record, f64(sequence), 8);
      store<u32>(record, redactedCount == 0 ? SHOWN : REDACTED, STATE);
      store<u32>(COUNTS + (usize(waiting) << 2), unitCount + redactedCount);
      store<u32>(WAITING + (usize(waiting) << 2), count);
      waiting++;
      batchUnits += unitCount + redactedCount;
      if (batchUnits >= BATCH_UNITS || message - messages >= BATCH_BYTES) finishBatch();
    }
    count++;
    at++;
  }
  finishBatch();
  scannedTo = min(at, end);
  return count;
}
