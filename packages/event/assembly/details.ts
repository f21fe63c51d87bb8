// `details`, opened to the third level, and `changes`, opened to their members.

import { byte, equal } from "./bytes";
import { endOf, fieldAt, startOf, textEnd, valueStart } from "./fields";
import {
  CLOSE_ARRAY, CLOSE_OBJECT, COMMA, closeQuote, literal, OPEN_ARRAY, OPEN_OBJECT, plainNumber, QUOTE, space,
} from "./json";
import {
  CHANGE, CHANGE_PATHS, CHANGES, CUT_CHANGES, CUT_DETAILS, DETAILS, MAX_ITEMS, P_CHANGE, P_DETAILS,
} from "./numbers";
import { child } from "./paths";
import { isFree, isFreeNumber, putText } from "./people";
import { begin, put, putByte, unit } from "./units";

/** Longest key that is plain, and most keys of an object. */
const MAX_KEY_BYTES: usize = 200;
const MAX_KEYS: u32 = 64;
/** Keys of the object at each of two levels: start and end. */
const KEYS: usize = memory.data(8 * 64 * 2, 16);

export function putDetails(): bool {
  const p = startOf(DETAILS);
  return p == 0 || (byte(p) == OPEN_OBJECT && putObject(p, P_DETAILS, 0) == endOf(DETAILS));
}

/** Writes the object at `p`, a unit for each member; gives the address behind it, or 0. An empty one is not plain. */
function putObject(p: usize, path: u32, level: u32): usize {
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
    p = byte(from) == OPEN_OBJECT
      ? level == 0 ? putObject(from, u32(own), 1) : 0
      : putValue(from, u32(own), CUT_DETAILS);
    if (p == 0) return 0;
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_OBJECT) return p + 1;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
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

/** Writes the unit of a text, number, word or array of those; gives the address behind it, or 0. */
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
  if (c == OPEN_ARRAY) {
    begin(path);
    return putArray(p);
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

/** Writes an array of texts, numbers and words that hold no personal value. */
function putArray(p: usize): usize {
  putByte(OPEN_ARRAY);
  p = space(p + 1);
  for (let i = 0; ; i++) {
    let end: usize = 0;
    if (byte(p) == QUOTE) {
      const close = closeQuote(p + 1);
      if (close != 0 && isFree(p + 1, close)) end = close + 1;
    } else end = scalarEnd(p);
    if (end == 0) return 0;
    if (i > 0) putByte(COMMA);
    put(p, end - p);
    p = space(end);
    const c = byte(p);
    if (c == CLOSE_ARRAY) break;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
  putByte(CLOSE_ARRAY);
  return p + 1;
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
