// The personal values of one event, whose they are, and what was cut out of its texts: the parts of people.

import { byte, codeUnits, copy, equal } from "./bytes";
import { COMMA } from "./json";
import { HEAD_FIXED, headLength, headOf } from "./paths";
import { at, openUnit, put, putByte, putNumber } from "./units";

/** More than these are left to the caller. */
const MAX_VALUES: u32 = 40;
const MAX_PARTS: u32 = 12;
const MAX_CUTS: u32 = 16;
/** Shorter values are cut only as whole words; shorter addresses and agents never. */
const ANYWHERE_FROM_UNITS: u32 = 4;

/** A value: address, bytes, UTF-16 units, part, whether it names somebody. Sorted longest first. */
const VALUES: usize = memory.data(32 * 40, 16);
/** A part: reference and its length, the actor's fields and their length, target number + 1, whether it has the context. */
const PARTS: usize = memory.data(24 * 12, 16);
/** A cut: order, part, path, offset, value and its length. */
const CUTS: usize = memory.data(24 * 16, 16);
const HEAD: usize = memory.data(128, 16);

/** `/subjects/` */
const SUBJECTS: usize = memory.data<u8>([0x2f, 0x73, 0x75, 0x62, 0x6a, 0x65, 0x63, 0x74, 0x73, 0x2f], 16);
/** `{"cuts":[` */
const CUTS_OPEN: usize = memory.data<u8>([0x7b, 0x22, 0x63, 0x75, 0x74, 0x73, 0x22, 0x3a, 0x5b], 16);
/** `],"fields":{`: from the second byte on it begins an object without cuts, after its brace. */
const FIELDS_OPEN: usize = memory.data<u8>([0x5d, 0x2c, 0x22, 0x66, 0x69, 0x65, 0x6c, 0x64, 0x73, 0x22, 0x3a, 0x7b], 16);
/** `"/context/` */
const CONTEXT: usize = memory.data<u8>([0x22, 0x2f, 0x63, 0x6f, 0x6e, 0x74, 0x65, 0x78, 0x74, 0x2f], 16);
/** `"/targets/` */
const TARGETS: usize = memory.data<u8>([0x22, 0x2f, 0x74, 0x61, 0x72, 0x67, 0x65, 0x74, 0x73, 0x2f], 16);
const IP: usize = memory.data<u8>([0x69, 0x70], 16);
const LOCATION: usize = memory.data<u8>([0x6c, 0x6f, 0x63, 0x61, 0x74, 0x69, 0x6f, 0x6e], 16);
const USER_AGENT: usize = memory.data<u8>([0x75, 0x73, 0x65, 0x72, 0x5f, 0x61, 0x67, 0x65, 0x6e, 0x74], 16);
const ID: usize = memory.data<u8>([0x69, 0x64], 16);
const NAME: usize = memory.data<u8>([0x6e, 0x61, 0x6d, 0x65], 16);

let valueCount: u32 = 0;
export let partCount: u32 = 0;
let cutCount: u32 = 0;

/** Quoted texts of the context that belong to its owner: start and end, 0 when absent. Set by context.ts. */
export const OWNED: usize = memory.data(24, 16);
/** Quoted id and name of each target: start and end of both, 0 when absent. Set by targets.ts. */
export const TARGET_TEXTS: usize = memory.data(16 * 10, 16);

export function startPeople(): void {
  valueCount = 0;
  partCount = 0;
  cutCount = 0;
}

/** Adds a part and gives its number; -1 when there are too many, or the person has one already. */
export function addPart(ref: usize, refLength: usize): i32 {
  for (let i: u32 = 0; i < partCount; i++) {
    const part = PARTS + usize(i) * 24;
    if (usize(load<u32>(part, 4)) == refLength && equal(usize(load<u32>(part)), ref, refLength)) return -1;
  }
  if (partCount == MAX_PARTS || refLength > 40) return -1;
  const part = PARTS + usize(partCount) * 24;
  memory.fill(part, 0, 24);
  store<u32>(part, u32(ref));
  store<u32>(part, u32(refLength), 4);
  return i32(partCount++);
}

/** Gives a part the actor's fields, written already. */
export function giveFields(part: i32, fields: usize, length: usize): void {
  store<u32>(PARTS + usize(part) * 24, u32(fields), 8);
  store<u32>(PARTS + usize(part) * 24, u32(length), 12);
}

export function giveTarget(part: i32, target: u32): void { store<u32>(PARTS + usize(part) * 24, target + 1, 16); }
export function giveContext(part: i32): void { store<u32>(PARTS + usize(part) * 24, 1, 20); }

/** Adds a value to look for; false when there are too many. */
export function addValue(from: usize, end: usize, part: i32, isIdentity: bool): bool {
  const units = codeUnits(from, end);
  if (units == 0 || (!isIdentity && units < ANYWHERE_FROM_UNITS)) return true;
  if (valueCount == MAX_VALUES) return false;
  let slot = VALUES + usize(valueCount++) * 32;
  while (slot > VALUES && load<u32>(slot - 32, 8) < units) {
    copy(slot, slot - 32, 32);
    slot -= 32;
  }
  store<u32>(slot, u32(from));
  store<u32>(slot, u32(end - from), 4);
  store<u32>(slot, units, 8);
  store<u32>(slot, u32(part), 12);
  store<u32>(slot, u32(isIdentity), 16);
  return true;
}

/** What the last `findValue` found: the value's slot and where; `isUnsure` when only Unicode could tell whether it is a word. */
let foundSlot: usize = 0;
let foundAt: usize = 0;
let isUnsure: bool = false;

// @ts-ignore: decorator
@inline
function isWordByte(c: u32): bool { return (c | 0x20) - 0x61 < 26 || c - 0x30 < 10; }

/** Whether what stands at `p` is a whole word of the text `from` to `end`. */
function isWholeWord(p: usize, length: usize, from: usize, end: usize): bool {
  const before = p == from ? 0 : byte(p - 1);
  const after = p + length == end ? 0 : byte(p + length);
  if ((before | after) >= 0x80) isUnsure = true;
  return !isWordByte(before) && !isWordByte(after);
}

/** Finds the first value that stands in `p` to `end`, the longest of those that begin there. `from` begins the text. */
function findValue(p: usize, end: usize, from: usize): bool {
  foundSlot = 0;
  foundAt = end;
  for (let i: u32 = 0; i < valueCount; i++) {
    const slot = VALUES + usize(i) * 32;
    const value = usize(load<u32>(slot));
    const length = usize(load<u32>(slot, 4));
    if (p + length > end) continue;
    const units = load<u32>(slot, 8);
    const last = min(end - length, foundAt - 1);
    if (length >= 4) {
      const first = load<u32>(value);
      for (let q = p; q <= last; q++) {
        if (load<u32>(q) != first || !equal(q, value, length)) continue;
        if (units < ANYWHERE_FROM_UNITS && !isWholeWord(q, length, from, end)) continue;
        foundSlot = slot;
        foundAt = q;
        break;
      }
    } else {
      const first = byte(value);
      for (let q = p; q <= last; q++) {
        if (byte(q) != first || !equal(q, value, length) || !isWholeWord(q, length, from, end)) continue;
        foundSlot = slot;
        foundAt = q;
        break;
      }
    }
  }
  return foundSlot != 0;
}

/** Whether a text holds no value, for sure. */
export function isFree(from: usize, end: usize): bool {
  isUnsure = false;
  return !findValue(from, end, from) && !isUnsure;
}

/** Whether a number's text is no value that names somebody. */
export function isFreeNumber(from: usize, end: usize): bool {
  for (let i: u32 = 0; i < valueCount; i++) {
    const slot = VALUES + usize(i) * 32;
    if (
      load<u32>(slot, 16) != 0 && usize(load<u32>(slot, 4)) == end - from &&
      equal(usize(load<u32>(slot)), from, end - from)
    ) return false;
  }
  return true;
}

/** Writes the inside of a text with `{<ref>}` in place of every value; false when there is too much to cut, or doubt. */
export function putText(path: u32, order: u32, from: usize, end: usize): bool {
  isUnsure = false;
  let p = from;
  let units: u32 = 0;
  while (findValue(p, end, from)) {
    if (isUnsure || cutCount == MAX_CUTS) return false;
    put(p, foundAt - p);
    units += codeUnits(p, foundAt);
    const number = load<u32>(foundSlot, 12);
    const length = usize(load<u32>(foundSlot, 4));
    const cut = CUTS + usize(cutCount++) * 24;
    store<u32>(cut, order);
    store<u32>(cut, number, 4);
    store<u32>(cut, path, 8);
    store<u32>(cut, units, 12);
    store<u32>(cut, u32(foundAt), 16);
    store<u32>(cut, u32(length), 20);
    const part = PARTS + usize(number) * 24;
    const refLength = load<u32>(part, 4);
    putByte(0x7b);
    put(usize(load<u32>(part)), usize(refLength));
    putByte(0x7d);
    units += refLength + 2;
    p = foundAt + length;
  }
  put(p, end - p);
  return !isUnsure;
}

/** Order of cuts in a part: the fields of `cutFreeText`, one after the other. */
const ORDERS: u32 = 10;

/** Writes each part's unit: `{"cuts":[[pointer,offset,value],…],"fields":{pointer:value}}`. */
export function putParts(): void {
  for (let number: u32 = 0; number < partCount; number++) {
    const part = PARTS + usize(number) * 24;
    const ref = usize(load<u32>(part));
    const refLength = usize(load<u32>(part, 4));
    memory.fill(HEAD, 0, HEAD_FIXED);
    store<u8>(HEAD, 0x10);
    store<u8>(HEAD, u8(10 + refLength), HEAD_FIXED - 1);
    memory.copy(HEAD + HEAD_FIXED, SUBJECTS, 10);
    memory.copy(HEAD + HEAD_FIXED + 10, ref, refLength);
    openUnit(HEAD, HEAD_FIXED + 10 + refLength);
    putCuts(number);
    isFirst = true;
    const fields = usize(load<u32>(part, 12));
    if (fields > 0) {
      put(usize(load<u32>(part, 8)), fields);
      isFirst = false;
    }
    if (load<u32>(part, 20) != 0) {
      putField(CONTEXT, -1, IP, 2, OWNED);
      putField(CONTEXT, -1, LOCATION, 8, OWNED + 16);
      putField(CONTEXT, -1, USER_AGENT, 10, OWNED + 8);
    }
    const target = load<u32>(part, 16);
    if (target > 0) {
      putField(TARGETS, i32(target) - 1, ID, 2, TARGET_TEXTS + usize(target - 1) * 16);
      putField(TARGETS, i32(target) - 1, NAME, 4, TARGET_TEXTS + usize(target - 1) * 16 + 8);
    }
    putByte(0x7d);
    putByte(0x7d);
  }
}

let isFirst: bool = true;

/** Writes `"/context/ip":"…"` or `"/targets/3/id":"…"`, if the text is there. */
function putField(parent: usize, index: i32, name: usize, nameLength: usize, span: usize): void {
  const from = usize(load<u32>(span));
  if (from == 0) return;
  if (!isFirst) putByte(COMMA);
  isFirst = false;
  put(parent, 10);
  if (index >= 0) {
    putByte(0x30 + u32(index));
    putByte(0x2f);
  }
  put(name, nameLength);
  putByte(0x22);
  putByte(0x3a);
  put(from, usize(load<u32>(span, 4)) - from);
}

function putCuts(number: u32): void {
  let isAny = false;
  for (let order: u32 = 0; order < ORDERS && cutCount > 0; order++) {
    for (let i: u32 = 0; i < cutCount; i++) {
      const cut = CUTS + usize(i) * 24;
      if (load<u32>(cut) != order || load<u32>(cut, 4) != number) continue;
      if (isAny) putByte(COMMA);
      else put(CUTS_OPEN, 9);
      isAny = true;
      putByte(0x5b);
      putByte(0x22);
      const path = load<u32>(cut, 8);
      put(headOf(path) + HEAD_FIXED, headLength(path) - HEAD_FIXED);
      putByte(0x22);
      putByte(COMMA);
      putNumber(load<u32>(cut, 12));
      putByte(COMMA);
      putByte(0x22);
      put(usize(load<u32>(cut, 16)), usize(load<u32>(cut, 20)));
      putByte(0x22);
      putByte(0x5d);
    }
  }
  if (isAny) put(FIELDS_OPEN, 12);
  else {
    putByte(0x7b);
    put(FIELDS_OPEN + 2, 10);
  }
}
