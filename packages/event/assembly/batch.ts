// A body: one event, an array of events, or `{"events": […]}`.

import { byte, equal } from "./bytes";
import {
  category, compileEvent, idEnd, idStart, missEnd as eventMissEnd, missKind as eventMissKind, missStart as eventMissStart, shape,
  sourceEnd, sourceStart,
} from "./event";
import { CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, OPEN_ARRAY, OPEN_OBJECT, skipContainer, space } from "./json";
import { BODY, MAX_EVENTS, OUT, RECORD, RECORDS } from "./memory";
import { partCount } from "./people";
import { at, rewind, startUnits, unitCount } from "./units";

/** `"events"` */
const EVENTS: usize = memory.data<u8>([0x22, 0x65, 0x76, 0x65, 0x6e, 0x74, 0x73, 0x22], 16);

/**
 * Compiles the body and gives the number of its events; 0 when the body is not of the plain kind. A record is:
 * compiled or not, kind of miss, start and end in the body; then of a compiled one first unit, units, parts, shape,
 * category, and in the output start and end of its id, of its source, of all there is; of another the start and end in
 * the body of what was missed.
 */
export function compileBody(bodyBytes: u32, tenant: u32): u32 {
  const bodyEnd = BODY + usize(bodyBytes);
  startUnits();
  let p = space(BODY);
  if (byte(p) == OPEN_ARRAY) return compileArray(p, tenant, bodyEnd, 0);
  if (byte(p) != OPEN_OBJECT) return 0;
  const first = space(p + 1);
  if (!equal(first, EVENTS, 8)) {
    const end = compileOne(p, tenant, 0);
    return end != 0 && space(end) == bodyEnd ? 1 : 0;
  }
  const colon = space(first + 8);
  if (byte(colon) != COLON) return 0;
  p = space(colon + 1);
  return byte(p) == OPEN_ARRAY ? compileArray(p, tenant, bodyEnd, CLOSE_OBJECT) : 0;
}

function compileArray(p: usize, tenant: u32, bodyEnd: usize, closing: u32): u32 {
  let count: u32 = 0;
  p = space(p + 1);
  while (true) {
    if (byte(p) != OPEN_OBJECT || count == MAX_EVENTS) return 0;
    p = compileOne(p, tenant, count);
    if (p == 0) return 0;
    count++;
    p = space(p);
    const c = byte(p);
    if (c == CLOSE_ARRAY) break;
    if (c != COMMA) return 0;
    p = space(p + 1);
  }
  p = space(p + 1);
  if (closing != 0) {
    if (byte(p) != closing) return 0;
    p = space(p + 1);
  }
  return p == bodyEnd ? count : 0;
}

/** Compiles an event, or passes over it; gives the address behind it, or 0. */
function compileOne(p: usize, tenant: u32, number: u32): usize {
  const record = RECORDS + usize(number) * RECORD;
  const from = at;
  const firstUnit = unitCount;
  const end = compileEvent(p, tenant);
  store<u32>(record, end != 0 ? 1 : 0);
  store<u32>(record, u32(p - BODY), 8);
  if (end == 0) {
    rewind(from, firstUnit);
    const behind = skipContainer(p);
    store<u32>(record, eventMissKind, 4);
    store<u32>(record, u32(behind - BODY), 12);
    store<u32>(record, u32(eventMissStart - BODY), 16);
    store<u32>(record, u32(eventMissEnd - BODY), 20);
    return behind;
  }
  store<u32>(record, u32(end - BODY), 12);
  store<u32>(record, firstUnit, 16);
  store<u32>(record, unitCount - firstUnit, 20);
  store<u32>(record, partCount, 24);
  store<u32>(record, shape, 28);
  store<u32>(record, category, 32);
  store<u32>(record, idStart, 36);
  store<u32>(record, idEnd, 40);
  store<u32>(record, sourceStart, 44);
  store<u32>(record, sourceEnd, 48);
  store<u32>(record, u32(from - OUT), 52);
  store<u32>(record, u32(at - OUT), 56);
  return end;
}
