// Lines of events.ndjson (docs/formats/bundle.md) that are written the plain way:
//   {"ledger":L,"sequence":S,"disclosure":{"v":1,"units":[["salt","unit"],…],"redacted":["commitment",…]}}
// Their base64 goes from where it lies to the messages that are hashed. No step of reading goes past a newline.

import { decodeBase64, decodedEnd } from "./base64";
import { belongsToLog, beginEvent, MAX_UNITS, takeUnit } from "./units";

const SALT_LENGTH: usize = 16;
const HASH_LENGTH: usize = 32;
/** First byte of a commitment's message. */
const COMMITMENT_PREFIX: u8 = 0x10;

const UNITS = memory.data<u8>([
  // ,"disclosure":{"v":1,"units":[
  0x2c, 0x22, 0x64, 0x69, 0x73, 0x63, 0x6c, 0x6f, 0x73, 0x75, 0x72, 0x65, 0x22, 0x3a, 0x7b, 0x22, 0x76, 0x22, 0x3a, 0x31,
  0x2c, 0x22, 0x75, 0x6e, 0x69, 0x74, 0x73, 0x22, 0x3a, 0x5b,
]);
const UNITS_LENGTH: usize = 30;
const REDACTED = memory.data<u8>([
  // ,"redacted":[
  0x2c, 0x22, 0x72, 0x65, 0x64, 0x61, 0x63, 0x74, 0x65, 0x64, 0x22, 0x3a, 0x5b,
]);
const REDACTED_LENGTH: usize = 13;

/** How a line of the log begins: {"ledger":L,"sequence": */
let prefix: usize = 0;
let prefixLength: usize = 0;
/** Entries of the log. */
let logSize: u64 = 0;
/** Where the next message goes. */
export let message: usize = 0;
/** Where the next message's address and length go. A commitment that is not shown stands there with length 0. */
export let nextAddress: usize = 0;
export let nextLength: usize = 0;

/** What the last line said. */
export let sequence: u64 = 0;
export let unitCount: u32 = 0;
export let redactedCount: u32 = 0;

export function setLog(prefixAt: usize, length: usize, size: u64): void {
  prefix = prefixAt;
  prefixLength = length;
  logSize = size;
}

export function setMessages(messages: usize, addresses: usize, lengths: usize): void {
  message = messages;
  nextAddress = addresses;
  nextLength = lengths;
}

/** Answers the address behind `length` expected bytes, or 0. */
// @ts-ignore: decorator
@inline
function skip(at: usize, expected: usize, length: usize): usize {
  for (let i: usize = 0; i < length; i++) if (load<u8>(at + i) != load<u8>(expected + i)) return 0;
  return at + length;
}

/** Reads a count as JSON.stringify writes it. A longer one than 2^53 - 1 is never below the size of a log. */
function readSequence(at: usize): usize {
  const start = at;
  let value: u64 = 0;
  while (u32(load<u8>(at)) - 0x30 < 10 && at - start < 17) value = value * 10 + u64(load<u8>(at++)) - 0x30;
  if (at == start || at - start > 16 || value >= logSize) return 0;
  if (load<u8>(start) == 0x30 && at - start > 1) return 0;
  sequence = value;
  return at;
}

function addMessage(length: usize): void {
  store<u32>(nextAddress, u32(message));
  store<u32>(nextLength, u32(length));
  nextAddress += 4;
  nextLength += 4;
}

/** Reads ["salt","unit"] behind its bracket, up to and with the last one. */
function readUnit(at: usize): usize {
  const saltAt = message + 1;
  const unitAt = saltAt + SALT_LENGTH;
  if (load<u8>(at) != 0x22) return 0;
  at = decodeBase64(at + 1, saltAt);
  if (at == 0 || decodedEnd != unitAt) return 0;
  if (load<u8>(at, 1) != 0x2c || load<u8>(at, 2) != 0x22) return 0;
  at = decodeBase64(at + 3, unitAt);
  if (at == 0 || load<u8>(at, 1) != 0x5d || !takeUnit(unitAt, decodedEnd)) return 0;
  store<u8>(message, COMMITMENT_PREFIX);
  addMessage(decodedEnd - message);
  message = decodedEnd;
  unitCount++;
  return at + 2;
}

function readUnits(at: usize): usize {
  if (load<u8>(at) == 0x5d) return at + 1;
  while (true) {
    if (load<u8>(at) != 0x5b || unitCount == MAX_UNITS) return 0;
    at = readUnit(at + 1);
    if (at == 0) return 0;
    const byte = load<u8>(at++);
    if (byte == 0x5d) return at;
    if (byte != 0x2c) return 0;
  }
}

function readRedacted(at: usize): usize {
  if (load<u8>(at) == 0x5d) return at + 1;
  while (true) {
    if (load<u8>(at) != 0x22 || unitCount + redactedCount == MAX_UNITS) return 0;
    at = decodeBase64(at + 1, message);
    if (at == 0 || decodedEnd - message != HASH_LENGTH) return 0;
    addMessage(0);
    message = decodedEnd;
    redactedCount++;
    at++;
    const byte = load<u8>(at++);
    if (byte == 0x5d) return at;
    if (byte != 0x2c) return 0;
  }
}

/**
 * Reads the line at `at`, and writes the messages of its units and its other commitments. Answers the address of its
 * newline, or 0 when it is not plainly in order, or does not say that it belongs to the log: then nothing was written.
 */
export function readLine(at: usize): usize {
  const firstMessage = message;
  const firstAddress = nextAddress;
  const firstLength = nextLength;
  unitCount = 0;
  redactedCount = 0;
  beginEvent();
  at = skip(at, prefix, prefixLength);
  if (at != 0) at = readSequence(at);
  if (at != 0) at = skip(at, UNITS, UNITS_LENGTH);
  if (at != 0) at = readUnits(at);
  if (at != 0) at = skip(at, REDACTED, REDACTED_LENGTH);
  if (at != 0) at = readRedacted(at);
  if (at != 0 && load<u8>(at) == 0x7d && load<u8>(at, 1) == 0x7d && load<u8>(at, 2) == 0x0a && belongsToLog()) {
    return at + 2;
  }
  message = firstMessage;
  nextAddress = firstAddress;
  nextLength = firstLength;
  return 0;
}
