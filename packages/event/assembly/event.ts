// One event: its fields, its people, its units, in the order in which the slow way lists them.

import { byte, equal } from "./bytes";
import { hasOwned, putContext, putOutcome, readContext, unknownAddress } from "./context";
import { putChanges, putDetails, putLabels } from "./details";
import { endOf, readFields, startOf } from "./fields";
import { QUOTE } from "./json";
import { OUT, PARAMS, VALUE_STARTS } from "./memory";
import {
  ACTION_FIELD, ACTOR_FIELD, CATEGORY_FIELD, CUT_DATA_CATEGORY, CUT_DESCRIPTION, CUT_PURPOSE, CUT_RECIPIENT,
  CUT_SOURCE_ACTION, DATA_CATEGORY, DESCRIPTION, ID, OCCURRED_AT, OUTCOME_FIELD, P_ACTION, P_CATEGORY, P_DATA_CATEGORY,
  P_DESCRIPTION, P_ID, P_LOG, P_OCCURRED_AT, P_OUTCOME_RESULT, P_PARENT_ID, P_PURPOSE, P_RECIPIENT, P_SOURCE,
  P_SOURCE_ACTION, P_VERB, PARENT_ID, PURPOSE, RECIPIENT, SOURCE, SOURCE_ACTION, TENANT, VERB_FIELD,
} from "./numbers";
import { addPart, addValue, giveContext, giveFields, OWNED, partCount, putParts, putText, startPeople } from "./people";
import {
  ACTION, ACTOR, ADDRESS, add, blobOf, CATEGORY, find, keyOf, MONTH, PERSON, TARGET_TYPE, VERB, valueOf,
} from "./table";
import { putTargets, readTargets, unknownEnd, unknownPerson, unknownType } from "./targets";
import { at, begin, hasRoom, put, putByte, shapeNumber, startList, unit, unitCount } from "./units";
import { isTime } from "./time";

/** Longer ones are left to the caller. */
const MAX_EVENT_BYTES: usize = 16_384;
const MAX_ACTOR_BYTES: usize = 3_000;
const MAX_CATEGORIES: u32 = 1_000;
const CATEGORY_ENTRY: usize = memory.data(4 * 1_000, 16);
/** `"sha256:` */
const DIGEST: usize = memory.data<u8>([0x22, 0x73, 0x68, 0x61, 0x32, 0x35, 0x36, 0x3a], 16);

let categories: u32 = 0;

export function categoryCount(): u32 { return categories; }
export function categoryEntry(category: u32): usize { return usize(load<u32>(CATEGORY_ENTRY + (usize(category) << 2))); }
export function forgetCategories(): void { categories = 0; }

/** What the caller must be asked when an event is not plain: a kind of entry and its key; 0 when nothing helps. */
export let missKind: u32 = 0;
export let missStart: usize = 0;
export let missEnd: usize = 0;

/** Of the event compiled last. */
export let shape: u32 = 0;
export let category: u32 = 0;
export let sourceStart: u32 = 0;
export let sourceEnd: u32 = 0;
export let idStart: u32 = 0;
export let idEnd: u32 = 0;

function miss(kind: u32, from: usize, end: usize): usize {
  missKind = kind;
  missStart = from;
  missEnd = end;
  return 0;
}

/** Parameter `number` of this body, three of them: `/log` as JSON, the default source as JSON, the tenant's id. */
function paramStart(number: u32): usize { return PARAMS + 16 + usize(load<u32>(PARAMS + (usize(number) << 2))); }
function paramEnd(number: u32): usize { return PARAMS + 16 + usize(load<u32>(PARAMS + (usize(number + 1) << 2))); }

/** Compiles the event at `p` and gives the address behind it; or 0, with output in any state. */
export function compileEvent(p: usize, tenant: u32): usize {
  missKind = 0;
  const end = readFields(p);
  if (end == 0 || end - p > MAX_EVENT_BYTES) return 0;
  const time = startOf(OCCURRED_AT);
  const actionAt = startOf(ACTION_FIELD);
  const id = startOf(ID);
  if (time == 0 || actionAt == 0 || id == 0 || !isTime(time + 1, endOf(OCCURRED_AT) - 1)) return 0;
  if (equal(id, DIGEST, 8)) return 0;
  const named = startOf(TENANT);
  if (named != 0) {
    const length = paramEnd(2) - paramStart(2);
    if (endOf(TENANT) - named - 2 != length || !equal(named + 1, paramStart(2), length)) return 0;
  }
  const action = find(ACTION, tenant, actionAt + 1, endOf(ACTION_FIELD) - actionAt - 2);
  if (action == 0) return miss(ACTION, actionAt + 1, endOf(ACTION_FIELD) - 1);
  if (valueOf(action) == 0) return 0;
  if (!readContext()) return unknownAddress == 0 ? 0 : missText(ADDRESS, unknownAddress);
  const actor = readActor(tenant);
  if (actor == 0) return 0;
  actorIsPerson = load<u8>(actor, 2) != 0;
  if (!readTargets(tenant)) {
    if (unknownType != 0) return miss(TARGET_TYPE, unknownType, unknownEnd);
    return unknownPerson == 0 ? 0 : miss(PERSON, unknownPerson, unknownEnd);
  }
  if (!readOwner(tenant, time)) return 0;
  return putEvent(actor, blobOf(action), time, actionAt, id) ? end : 0;
}

function missText(kind: u32, text: usize): usize {
  let end = text + 1;
  while (byte(end) != QUOTE) end++;
  return miss(kind, text + 1, end);
}

/**
 * Finds the actor among those known as they stand, and notes the person; gives the blob: number of units, of values,
 * length of the reference (u8 each), u8 free, length of the fields (u32), then those themselves.
 */
function readActor(tenant: u32): usize {
  startPeople();
  const from = startOf(ACTOR_FIELD);
  const length = endOf(ACTOR_FIELD) - from;
  const known = length > MAX_ACTOR_BYTES ? usize(0) : find(ACTOR, tenant, from, length);
  if (known == 0) return length > MAX_ACTOR_BYTES ? 0 : miss(ACTOR, from, from + length);
  const blob = blobOf(known);
  const refLength = usize(load<u8>(blob, 2));
  if (refLength == 0) return blob;
  const fieldsLength = usize(load<u32>(blob, 4));
  const part = addPart(blob + 8, refLength);
  giveFields(part, blob + 8 + refLength, fieldsLength);
  let p = blob + 8 + refLength + fieldsLength;
  for (let i = byte(blob); i > 0; i--) p += 4 + usize(load<u16>(p, 2));
  for (let i = byte(blob + 1); i > 0; i--) {
    const valueLength = usize(load<u16>(p));
    if (!addValue(p + 2, p + 2 + valueLength, part, true)) return 0;
    p += 2 + valueLength;
  }
  return blob;
}

/** Gives address, agent and place to the actor, or to the tenant's month. */
function readOwner(tenant: u32, time: usize): bool {
  if (!hasOwned()) return true;
  let owner: i32 = 0;
  if (!actorIsPerson) {
    const month = find(MONTH, tenant, time + 1, 7);
    if (month == 0) return miss(MONTH, time + 1, time + 8) != 0;
    owner = addPart(blobOf(month), usize(load<u32>(month, 16)));
    if (owner < 0) return false;
  }
  giveContext(owner);
  // In the order of the model: address, agent, place.
  for (let i: usize = 0; i < 24; i += 8) {
    const from = usize(load<u32>(OWNED + i));
    if (from != 0 && !addValue(from + 1, usize(load<u32>(OWNED + i, 4)) - 1, owner, false)) return false;
  }
  return true;
}

let actorIsPerson: bool = false;

function putEvent(actor: usize, action: usize, time: usize, actionAt: usize, id: usize): bool {
  if (!startList()) return false;
  unit(P_LOG, paramStart(0), paramEnd(0));
  unit(P_OCCURRED_AT, time, endOf(OCCURRED_AT));
  unit(P_ACTION, actionAt, endOf(ACTION_FIELD));
  // An action's blob: lengths of verb, outcome and category (u8 each), then those as JSON.
  const verb = startOf(VERB_FIELD);
  const ownVerb = usize(load<u8>(action));
  if (verb == 0) unit(P_VERB, action + 3, action + 3 + ownVerb);
  else if (find(VERB, 0, verb + 1, endOf(VERB_FIELD) - verb - 2) == 0) return false;
  else unit(P_VERB, verb, endOf(VERB_FIELD));
  const ownOutcome = action + 3 + ownVerb;
  const ownCategory = ownOutcome + usize(load<u8>(action, 1));
  let categoryAt = startOf(CATEGORY_FIELD);
  let categoryEnd = endOf(CATEGORY_FIELD);
  if (categoryAt == 0) {
    categoryAt = ownCategory;
    categoryEnd = ownCategory + usize(load<u8>(action, 2));
  }
  if (!nameCategory(categoryAt + 1, categoryEnd - 1)) return false;
  unit(P_CATEGORY, categoryAt, categoryEnd);
  putActor(actor);
  if (startOf(OUTCOME_FIELD) == 0) unit(P_OUTCOME_RESULT, ownOutcome, ownCategory);
  else if (!putOutcome()) return false;
  if (startOf(SOURCE) == 0) unit(P_SOURCE, paramStart(1), paramEnd(1));
  else unit(P_SOURCE, startOf(SOURCE), endOf(SOURCE));
  sourceStart = load<u32>(VALUE_STARTS + (usize(unitCount - 1) << 2)) + 1;
  sourceEnd = u32(at - OUT) - 1;
  unit(P_ID, id, endOf(ID));
  idStart = load<u32>(VALUE_STARTS + (usize(unitCount - 1) << 2)) + 1;
  idEnd = u32(at - OUT) - 1;
  if (!putTargets()) return false;
  putContext();
  if (!putChanges()) return false;
  if (!putField(PURPOSE, P_PURPOSE, CUT_PURPOSE)) return false;
  if (!putField(RECIPIENT, P_RECIPIENT, CUT_RECIPIENT)) return false;
  if (!putField(DATA_CATEGORY, P_DATA_CATEGORY, CUT_DATA_CATEGORY)) return false;
  if (startOf(PARENT_ID) != 0) unit(P_PARENT_ID, startOf(PARENT_ID), endOf(PARENT_ID));
  if (!putField(DESCRIPTION, P_DESCRIPTION, CUT_DESCRIPTION)) return false;
  if (!putDetails()) return false;
  if (!putField(SOURCE_ACTION, P_SOURCE_ACTION, CUT_SOURCE_ACTION)) return false;
  if (!putLabels()) return false;
  const number = shapeNumber();
  if (number < 0) return false;
  shape = u32(number);
  putParts();
  return hasRoom();
}

function putField(field: u32, path: u32, order: u32): bool {
  const from = startOf(field);
  if (from == 0) return true;
  begin(path);
  putByte(QUOTE);
  if (!putText(path, order, from + 1, endOf(field) - 1)) return false;
  putByte(QUOTE);
  return true;
}

function putActor(blob: usize): void {
  let p = blob + 8 + usize(load<u8>(blob, 2)) + usize(load<u32>(blob, 4));
  for (let i = byte(blob); i > 0; i--) {
    const length = usize(load<u16>(p, 2));
    begin(u32(load<u16>(p)));
    put(p + 4, length);
    p += 4 + length;
  }
}

function nameCategory(from: usize, end: usize): bool {
  const known = find(CATEGORY, 0, from, end - from);
  if (known != 0) {
    category = valueOf(known);
    return true;
  }
  if (categories == MAX_CATEGORIES) return false;
  const entry = add(CATEGORY, 0, from, end - from, categories, 0, 0);
  if (entry == 0) return false;
  store<u32>(CATEGORY_ENTRY + (usize(categories) << 2), u32(entry));
  category = categories++;
  return true;
}
