// `context`: address, agent and place belong to a person, the rest to the core. And `outcome`.

import { byte } from "./bytes";
import { endOf, fieldAt, startOf, textEnd, valueStart } from "./fields";
import { CLOSE_OBJECT, COMMA, closeQuote, OPEN_OBJECT, QUOTE, space } from "./json";
import {
  CLIENT, CONTEXT, CONTEXT_FIELD, CONTEXT_TEXTS, CUT_REASON, OUTCOME_FIELD, OUTCOME_OBJECT, P_CLIENT_TEXTS, P_CONTEXT_TEXTS, P_OUTCOME_REASON,
  P_OUTCOME_RESULT,
} from "./numbers";
import { OWNED, putText } from "./people";
import { ADDRESS, CLIENT_KIND, find, OUTCOME } from "./table";
import { begin, putByte, unit } from "./units";

/** Texts of the core in the order in which they came: path, start, end. */
const KEPT: usize = memory.data(12 * 6, 16);
let keptCount: usize = 0;

/** Where an address stands that the caller must look at; 0 when that is not why `readContext` failed. */
export let unknownAddress: usize = 0;

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool { return c - 0x30 < 10; }

/** Whether `p` to `end` is an IPv4 address in dotted decimal without leading zeroes. */
function isIpv4(p: usize, end: usize): bool {
  for (let part = 0; part < 4; part++) {
    if (part > 0) {
      if (byte(p) != 0x2e) return false;
      p++;
    }
    const first = p;
    let value: u32 = 0;
    while (p < end && p - first < 3 && isDigit(byte(p))) value = value * 10 + byte(p++) - 0x30;
    if (p == first || value > 255 || (p - first > 1 && byte(first) == 0x30)) return false;
  }
  return p == end;
}

/** Reads the context; false when it is not plain. */
export function readContext(): bool {
  memory.fill(OWNED, 0, 24);
  keptCount = 0;
  unknownAddress = 0;
  let p = startOf(CONTEXT_FIELD);
  if (p == 0) return true;
  if (byte(p) != OPEN_OBJECT) return false;
  let seen: u32 = 0;
  p = space(p + 1);
  while (true) {
    if (byte(p) != QUOTE) return false;
    const close = closeQuote(p + 1);
    if (close == 0) return false;
    const known = fieldAt(CONTEXT, p + 1, close);
    if (known < 0) return false;
    const field = u32(known) & 0xff;
    const from = valueStart(close);
    if (from == 0 || (seen & (1 << field)) != 0) return false;
    seen |= 1 << field;
    p = field == CONTEXT_TEXTS ? readClient(from) : textEnd(from, u32(known) >> 8);
    if (p == 0) return false;
    if (field < 3) {
      store<u32>(OWNED + (usize(field) << 3), u32(from));
      store<u32>(OWNED + (usize(field) << 3), u32(p), 4);
    } else if (field < CONTEXT_TEXTS) keep(P_CONTEXT_TEXTS + field - 3, from, p);
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_OBJECT) break;
    if (c != COMMA) return false;
    p = space(p + 1);
  }
  const address = usize(load<u32>(OWNED));
  if (address == 0) return p + 1 == endOf(CONTEXT_FIELD);
  const end = usize(load<u32>(OWNED, 4)) - 1;
  if (!isIpv4(address + 1, end) && find(ADDRESS, 0, address + 1, end - address - 1) == 0) {
    unknownAddress = address;
    return false;
  }
  return p + 1 == endOf(CONTEXT_FIELD);
}

function keep(path: u32, from: usize, end: usize): void {
  const kept = KEPT + keptCount++ * 12;
  store<u32>(kept, path);
  store<u32>(kept, u32(from), 4);
  store<u32>(kept, u32(end), 8);
}

/** Reads the client at `p`; gives the address behind it, or 0. An empty one is not plain. */
function readClient(p: usize): usize {
  if (byte(p) != OPEN_OBJECT) return 0;
  let seen: u32 = 0;
  p = space(p + 1);
  while (true) {
    if (byte(p) != QUOTE) return 0;
    const close = closeQuote(p + 1);
    if (close == 0) return 0;
    const known = fieldAt(CLIENT, p + 1, close);
    if (known < 0) return 0;
    const field = u32(known) & 0xff;
    const from = valueStart(close);
    if (from == 0 || (seen & (1 << field)) != 0) return 0;
    seen |= 1 << field;
    p = textEnd(from, u32(known) >> 8);
    if (p == 0) return 0;
    if (field == 0 && find(CLIENT_KIND, 0, from + 1, p - from - 2) == 0) return 0;
    keep(P_CLIENT_TEXTS + field, from, p);
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_OBJECT) return p + 1;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
}

/** Whether the context holds something that belongs to a person. */
export function hasOwned(): bool {
  return load<u32>(OWNED) != 0 || load<u32>(OWNED, 8) != 0 || load<u32>(OWNED, 16) != 0;
}

export function putContext(): void {
  for (let i: usize = 0; i < keptCount; i++) {
    const kept = KEPT + i * 12;
    unit(load<u32>(kept), usize(load<u32>(kept, 4)), usize(load<u32>(kept, 8)));
  }
}

/** Writes the outcome as it came; false when it is not plain. */
export function putOutcome(): bool {
  let p = startOf(OUTCOME_FIELD);
  if (byte(p) != OPEN_OBJECT) return false;
  let seen: u32 = 0;
  p = space(p + 1);
  while (true) {
    if (byte(p) != QUOTE) return false;
    const close = closeQuote(p + 1);
    if (close == 0) return false;
    const known = fieldAt(OUTCOME_OBJECT, p + 1, close);
    if (known < 0) return false;
    const field = u32(known) & 0xff;
    const from = valueStart(close);
    if (from == 0 || (seen & (1 << field)) != 0) return false;
    seen |= 1 << field;
    p = textEnd(from, u32(known) >> 8);
    if (p == 0) return false;
    if (field == 0) {
      if (find(OUTCOME, 0, from + 1, p - from - 2) == 0) return false;
      unit(P_OUTCOME_RESULT, from, p);
    } else {
      begin(P_OUTCOME_REASON);
      putByte(QUOTE);
      if (!putText(P_OUTCOME_REASON, CUT_REASON, from + 1, p - 1)) return false;
      putByte(QUOTE);
    }
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_OBJECT) break;
    if (c != COMMA) return false;
    p = space(p + 1);
  }
  return (seen & 1) != 0 && p + 1 == endOf(OUTCOME_FIELD);
}
