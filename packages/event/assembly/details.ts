// `details`, opened to the third level, and `changes`, opened to their members. What lies deeper is one value with its keys sorted.

import { byte, equal } from "./bytes";
import { endOf, fieldAt, startOf, textEnd, valueStart } from "./fields";
import {
  CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, closeQuote, literal, OPEN_ARRAY, OPEN_OBJECT, plainNumber, QUOTE, skipContainer,
  space,
} from "./json";
import {
  CHANGE, CHANGE_PATHS, CHANGES, CUT_CHANGES, CUT_DETAILS, CUT_LABELS, DETAILS, LABELS, MAX_ITEMS, P_CHANGE, P_DETAILS,
  P_LABELS,
} from "./numbers";
import { child } from "./paths";
import { isFree, isFreeNumber, putText } from "./people";
import { begin, put, putByte, unit } from "./units";

/** Longest key that is plain, and most keys of an object. */
const MAX_KEY_BYTES: usize = 200;
const MAX_KEYS: u32 = 64;
/** Longest key and value of a label: a text of as many bytes has no more characters. */
const MAX_LABEL_KEY: usize = 100;
const MAX_LABEL: usize = 1_000;
/** Keys of the object at each of two levels: start and end. */
const KEYS: usize = memory.data(8 * 64 * 2, 16);
/** Most levels of objects and arrays in one value, and most members of the objects that are under way. */
const MAX_DEPTH: u32 = 12;
const MAX_MEMBERS: u32 = 256;
/** Members of the objects under way, each object's behind those around it: start and end of key and value. */
const MEMBERS: usize = memory.data(16 * 256, 16);
let memberCount: u32 = 0;

export function putDetails(): bool {
  const p = startOf(DETAILS);
  memberCount = 0;
  return p == 0 || (byte(p) == OPEN_OBJECT && putObject(p, P_DETAILS, 0, CUT_DETAILS) == endOf(DETAILS));
}

/** `labels` are short texts by short keys. */
export function putLabels(): bool {
  const p = startOf(LABELS);
  return p == 0 || (byte(p) == OPEN_OBJECT && putObject(p, P_LABELS, 0, CUT_LABELS) == endOf(LABELS));
}

/** Writes the object at `p`, a unit for each member; gives the address behind it, or 0. An empty one is not plain. */
function putObject(p: usize, path: u32, level: u32, order: u32): usize {
  const keys = KEYS + usize(level) * 8 * 64;
  let count: u32 = 0;
  p = space(p + 1);
  while (true) {
    if (byte(p) != QUOTE) return 0;
    const close = closeQuote(p + 1);
    if (close == 0 || count == MAX_KEYS || !isPlainKey(p + 1, close)) return 0;
    for (let i: u32 = 0; i < count; i++) {
      const other = usize(load<u32>(keys + (usize(i) << 3)));
      if (load<u32>(keys + (usize(i) << 3), 4) == u32(close - p) && equal(other, p, close - p)) return 0;
    }
    store<u32>(keys + (usize(count) << 3), u32(p));
    store<u32>(keys + (usize(count) << 3), u32(close - p), 4);
    count++;
    const own = child(path, p + 1, close - p - 1);
    const from = valueStart(close);
    if (own < 0 || from == 0) return 0;
    if (order == CUT_LABELS && !isLabel(p + 1, close, from)) return 0;
    p = level == 0 && byte(from) == OPEN_OBJECT && byte(space(from + 1)) != CLOSE_OBJECT
      ? putObject(from, u32(own), 1, order)
      : putValue(from, u32(own), order);
    if (p == 0) return 0;
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_OBJECT) return p + 1;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
}

/** Whether key and value of a label are short enough, for sure. */
function isLabel(key: usize, close: usize, from: usize): bool {
  if (close - key > MAX_LABEL_KEY || byte(from) != QUOTE) return false;
  const end = closeQuote(from + 1);
  return end != 0 && end - from - 1 <= MAX_LABEL;
}

/**
 * Keys that are not plain: digits in front (an object lists those first), `__proto__` and its like, signs that a pointer
 * escapes, and keys that hold a personal value.
 */
function isPlainKey(from: usize, end: usize): bool {
  if (from == end || end - from > MAX_KEY_BYTES) return false;
  const first = byte(from);
  if (first - 0x30 < 10 || (first == 0x5f && byte(from + 1) == 0x5f)) return false;
  for (let p = from; p < end; p++) if (byte(p) == 0x2f || byte(p) == 0x7e) return false;
  return isFree(from, end);
}

/** Writes the unit of a value; gives the address behind it, or 0. */
function putValue(p: usize, path: u32, order: u32): usize {
  const c = byte(p);
  if (c == QUOTE) {
    const close = closeQuote(p + 1);
    if (close == 0) return 0;
    begin(path);
    putByte(QUOTE);
    if (!putText(path, order, p + 1, close)) return 0;
    putByte(QUOTE);
    return close + 1;
  }
  if (c == OPEN_ARRAY || c == OPEN_OBJECT) {
    begin(path);
    return putContainer(p, 1);
  }
  const end = scalarEnd(p);
  if (end != 0) unit(path, p, end);
  return end;
}

/** Address behind a number that names nobody, or a word. */
function scalarEnd(p: usize): usize {
  const word = literal(p);
  if (word != 0) return word;
  const number = plainNumber(p);
  return number != 0 && isFreeNumber(p, number) ? number : 0;
}

/** Writes an object or array in which no personal value stands; gives the address behind it, or 0. */
function putContainer(p: usize, depth: u32): usize {
  if (depth > MAX_DEPTH) return 0;
  return byte(p) == OPEN_ARRAY ? putArray(p, depth) : putSorted(p, depth);
}

/** Writes a text, number, word, object or array in which no personal value stands. */
function putFree(p: usize, depth: u32): usize {
  const c = byte(p);
  if (c == OPEN_ARRAY || c == OPEN_OBJECT) return putContainer(p, depth + 1);
  let end: usize = 0;
  if (c == QUOTE) {
    const close = closeQuote(p + 1);
    if (close != 0 && isFree(p + 1, close)) end = close + 1;
  } else end = scalarEnd(p);
  if (end != 0) put(p, end - p);
  return end;
}

function putArray(p: usize, depth: u32): usize {
  putByte(OPEN_ARRAY);
  p = space(p + 1);
  if (byte(p) == CLOSE_ARRAY) {
    putByte(CLOSE_ARRAY);
    return p + 1;
  }
  for (let i = 0; ; i++) {
    if (i > 0) putByte(COMMA);
    p = putFree(p, depth);
    if (p == 0) return 0;
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_ARRAY) break;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
  putByte(CLOSE_ARRAY);
  return p + 1;
}

/** Writes an object as RFC 8785 does: its keys sorted, which are ASCII. */
function putSorted(p: usize, depth: u32): usize {
  const first = memberCount;
  p = space(p + 1);
  if (byte(p) == CLOSE_OBJECT) p++;
  else {
    while (true) {
      p = readMember(p, first);
      if (p == 0) return 0;
      p = space(p);
      const c = byte(p++);
      if (c == CLOSE_OBJECT) break;
      if (c != COMMA) return 0;
      p = space(p);
    }
  }
  putByte(OPEN_OBJECT);
  const last = memberCount;
  for (let i = first; i < last; i++) {
    const member = MEMBERS + (usize(i) << 4);
    const key = usize(load<u32>(member));
    if (i > first) putByte(COMMA);
    put(key - 1, usize(load<u32>(member, 4)) - key + 2);
    putByte(COLON);
    if (putFree(usize(load<u32>(member, 8)), depth) != usize(load<u32>(member, 12))) return 0;
  }
  putByte(CLOSE_OBJECT);
  memberCount = first;
  return p;
}

/** Puts the member at `p` in its place among those from `first` on; gives the address behind it, or 0. */
function readMember(p: usize, first: u32): usize {
  if (byte(p) != QUOTE) return 0;
  const key = p + 1;
  const close = closeQuote(key);
  if (close == 0 || memberCount == MAX_MEMBERS || !isPlainKey(key, close)) return 0;
  for (let q = key; q < close; q++) if (byte(q) >= 0x80) return 0;
  const from = valueStart(close);
  if (from == 0) return 0;
  const end = valueEnd(from);
  if (end == 0) return 0;
  let slot = MEMBERS + (usize(memberCount++) << 4);
  const lowest = MEMBERS + (usize(first) << 4);
  while (slot > lowest) {
    const order = compare(key, close, usize(load<u32>(slot - 16)), usize(load<u32>(slot - 16, 4)));
    if (order == 0) return 0;
    if (order > 0) break;
    v128.store(slot, v128.load(slot - 16));
    slot -= 16;
  }
  store<u32>(slot, u32(key));
  store<u32>(slot, u32(close), 4);
  store<u32>(slot, u32(from), 8);
  store<u32>(slot, u32(end), 12);
  return end;
}

/** Address behind the value at `p`, or 0. */
function valueEnd(p: usize): usize {
  const c = byte(p);
  if (c == OPEN_ARRAY || c == OPEN_OBJECT) return skipContainer(p);
  if (c != QUOTE) return scalarEnd(p);
  const close = closeQuote(p + 1);
  return close == 0 ? 0 : close + 1;
}

/** Orders two texts by their bytes: below 0, 0 or above. */
function compare(p: usize, end: usize, q: usize, otherEnd: usize): i32 {
  while (p < end && q < otherEnd) {
    const difference = i32(byte(p++)) - i32(byte(q++));
    if (difference != 0) return difference;
  }
  return i32(end - p) - i32(otherEnd - q);
}

export function putChanges(): bool {
  let p = startOf(CHANGES);
  if (p == 0) return true;
  if (byte(p) != OPEN_ARRAY) return false;
  p = space(p + 1);
  let count: u32 = 0;
  while (true) {
    if (count == MAX_ITEMS) return false;
    p = putChange(p, P_CHANGE + count++ * CHANGE_PATHS);
    if (p == 0) return false;
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_ARRAY) return p + 1 == endOf(CHANGES);
    if (c != COMMA) return false;
    p = space(p + 1);
  }
}

function putChange(p: usize, path: u32): usize {
  if (byte(p) != OPEN_OBJECT) return 0;
  let seen: u32 = 0;
  p = space(p + 1);
  while (true) {
    if (byte(p) != QUOTE) return 0;
    const close = closeQuote(p + 1);
    if (close == 0 || !isFree(p + 1, close)) return 0;
    const known = fieldAt(CHANGE, p + 1, close);
    if (known < 0) return 0;
    const field = u32(known) & 0xff;
    const from = valueStart(close);
    if (from == 0 || (seen & (1 << field)) != 0) return 0;
    seen |= 1 << field;
    if (field == 0 && textEnd(from, u32(known) >> 8) == 0) return 0;
    p = putValue(from, path + 1 + field, CUT_CHANGES);
    if (p == 0) return 0;
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_OBJECT) return (seen & 1) != 0 ? p + 1 : 0;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
}
