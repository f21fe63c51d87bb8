// Where the fields of an event stand in the body.

import { byte } from "./bytes";
import { CLOSE_OBJECT, COLON, COMMA, closeQuote, OPEN_ARRAY, OPEN_OBJECT, QUOTE, skipContainer, space } from "./json";
import { EVENT, FIELD_COUNT, TEXT_FIELDS } from "./numbers";
import { find, KEY, valueOf } from "./table";

const SPANS: usize = memory.data(8 * 32, 16);

// @ts-ignore: decorator
@inline
export function startOf(field: u32): usize { return usize(load<u32>(SPANS + (usize(field) << 3))); }

// @ts-ignore: decorator
@inline
export function endOf(field: u32): usize { return usize(load<u32>(SPANS + (usize(field) << 3), 4)); }

/** The field that a key of a known object names, and in the upper 24 bits how many bytes its text may have; or -1. */
export function fieldAt(object: u32, key: usize, end: usize): i32 {
  const entry = find(KEY, object, key, end - key);
  return entry == 0 ? -1 : i32(valueOf(entry));
}

/** Address behind a text of 1 to `limit` bytes at `p`, quotes and all; or 0. */
export function textEnd(p: usize, limit: u32): usize {
  if (byte(p) != QUOTE) return 0;
  const close = closeQuote(p + 1);
  if (close == 0 || close == p + 1 || close - p - 1 > usize(limit)) return 0;
  return close + 1;
}

/** Address of the value of a member whose key ends with the quote at `close`, or 0. */
export function valueStart(close: usize): usize {
  const p = space(close + 1);
  return byte(p) == COLON ? space(p + 1) : 0;
}

/** Reads the object at `p` as an event's fields; gives the address behind it, or 0. Objects in it are not read yet. */
export function readFields(p: usize): usize {
  memory.fill(SPANS, 0, usize(FIELD_COUNT) << 3);
  p = space(p + 1);
  while (true) {
    if (byte(p) != QUOTE) return 0;
    const close = closeQuote(p + 1);
    if (close == 0) return 0;
    const known = fieldAt(EVENT, p + 1, close);
    if (known < 0) return 0;
    const field = u32(known) & 0xff;
    const from = valueStart(close);
    if (from == 0 || startOf(field) != 0) return 0;
    if (field < TEXT_FIELDS) p = textEnd(from, u32(known) >> 8);
    else {
      const c = byte(from);
      p = c == OPEN_OBJECT || c == OPEN_ARRAY ? skipContainer(from) : 0;
    }
    if (p == 0) return 0;
    store<u32>(SPANS + (usize(field) << 3), u32(from));
    store<u32>(SPANS + (usize(field) << 3), u32(p), 4);
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_OBJECT) return p + 1;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
}
