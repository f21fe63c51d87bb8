// `targets`: things stay in the core as they came; of people only the type and the reference do.

import { byte } from "./bytes";
import { endOf, fieldAt, startOf, textEnd, valueStart } from "./fields";
import { CLOSE_ARRAY, CLOSE_OBJECT, COMMA, closeQuote, OPEN_ARRAY, OPEN_OBJECT, QUOTE, space } from "./json";
import { MAX_ITEMS, P_TARGET, TARGET, TARGET_PATHS, TARGETS } from "./numbers";
import { addPart, addValue, giveTarget, isFree, TARGET_TEXTS } from "./people";
import { blobLength, blobOf, find, PERSON, TARGET_TYPE, valueOf } from "./table";
import { begin, put, putByte, unit } from "./units";

/** A target: start and end of its type, its reference and its length, its fields in the order in which they came. */
const READ: usize = memory.data(20 * 10, 16);
let count: u32 = 0;

/** What the caller must look at, and its end: a type, or a target that may be a person; 0 when that is not why it failed. */
export let unknownType: usize = 0;
export let unknownPerson: usize = 0;
export let unknownEnd: usize = 0;

export function readTargets(tenant: u32): bool {
  count = 0;
  unknownType = 0;
  unknownPerson = 0;
  let p = startOf(TARGETS);
  if (p == 0) return true;
  if (byte(p) != OPEN_ARRAY) return false;
  p = space(p + 1);
  while (true) {
    if (count == MAX_ITEMS) return false;
    p = readTarget(p, tenant);
    if (p == 0) return false;
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_ARRAY) return p + 1 == endOf(TARGETS);
    if (c != COMMA) return false;
    p = space(p + 1);
  }
}

function readTarget(start: usize, tenant: u32): usize {
  if (byte(start) != OPEN_OBJECT) return 0;
  const target = READ + usize(count) * 20;
  const texts = TARGET_TEXTS + usize(count) * 16;
  memory.fill(target, 0, 20);
  memory.fill(texts, 0, 16);
  let seen: u32 = 0;
  let order: u32 = 0;
  let p = space(start + 1);
  while (true) {
    if (byte(p) != QUOTE) return 0;
    const close = closeQuote(p + 1);
    if (close == 0) return 0;
    const known = fieldAt(TARGET, p + 1, close);
    if (known < 0) return 0;
    const field = u32(known) & 0xff;
    const from = valueStart(close);
    if (from == 0 || (seen & (1 << field)) != 0) return 0;
    seen |= 1 << field;
    order = (order << 2) | (field + 1);
    p = textEnd(from, u32(known) >> 8);
    if (p == 0) return 0;
    const slot = field == 0 ? target : texts + (usize(field - 1) << 3);
    store<u32>(slot, u32(from));
    store<u32>(slot, u32(p), 4);
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_OBJECT) break;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
  if ((seen & 1) == 0) return 0;
  store<u32>(target, order, 16);
  return isThing(target, texts, tenant) || readPerson(start, p + 1, tenant) ? closeTarget(p + 1) : 0;
}

function closeTarget(end: usize): usize {
  count++;
  return unknownType == 0 ? end : 0;
}

/** Whether a target is certainly no person: a type of things, an id that is no address and no phone number. */
function isThing(target: usize, texts: usize, tenant: u32): bool {
  const type = usize(load<u32>(target));
  const end = usize(load<u32>(target, 4));
  const known = find(TARGET_TYPE, tenant, type + 1, end - type - 2);
  if (known == 0) {
    unknownType = type + 1;
    unknownEnd = end - 1;
    return true;
  }
  if (valueOf(known) != 0) return false;
  let p = usize(load<u32>(texts));
  if (p == 0) return true;
  const last = usize(load<u32>(texts, 4)) - 1;
  if (byte(++p) == 0x2b) return false;
  for (; p < last; p++) if (byte(p) == 0x40) return false;
  return true;
}

/** A target seen before, as it stands: its reference, or that it names nobody. */
function readPerson(start: usize, end: usize, tenant: u32): bool {
  const known = end - start > 4_000 ? usize(0) : find(PERSON, tenant, start, end - start);
  if (known == 0) {
    unknownPerson = start;
    unknownEnd = end;
    return false;
  }
  const length = blobLength(known);
  if (length == 0) return true;
  const target = READ + usize(count) * 20;
  store<u32>(target, u32(blobOf(known)), 8);
  store<u32>(target, u32(length), 12);
  const part = addPart(blobOf(known), length);
  if (part < 0) return false;
  giveTarget(part, count);
  const texts = TARGET_TEXTS + usize(count) * 16;
  for (let i: usize = 0; i < 16; i += 8) {
    const from = usize(load<u32>(texts + i));
    if (from != 0 && !addValue(from + 1, usize(load<u32>(texts + i, 4)) - 1, part, true)) return false;
  }
  return true;
}

/** Writes the targets; false when one of a thing's texts holds a person's value. */
export function putTargets(): bool {
  for (let i: u32 = 0; i < count; i++) {
    const target = READ + usize(i) * 20;
    const texts = TARGET_TEXTS + usize(i) * 16;
    const path = P_TARGET + i * TARGET_PATHS;
    const refLength = usize(load<u32>(target, 12));
    if (refLength > 0) {
      unit(path + 1, usize(load<u32>(target)), usize(load<u32>(target, 4)));
      begin(path + 4);
      putByte(QUOTE);
      put(usize(load<u32>(target, 8)), refLength);
      putByte(QUOTE);
      continue;
    }
    const order = load<u32>(target, 16);
    for (let shift: i32 = 4; shift >= 0; shift -= 2) {
      const field = (order >> shift) & 3;
      if (field == 0) continue;
      const slot = field == 1 ? target : texts + (usize(field - 2) << 3);
      const from = usize(load<u32>(slot));
      const end = usize(load<u32>(slot, 4));
      if (field > 1 && !isFree(from + 1, end - 1)) return false;
      unit(path + field, from, end);
    }
  }
  return true;
}
