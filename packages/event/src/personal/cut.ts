import { escapePointerToken, setMember } from "../json/pointer.ts";
import type { Json } from "../model/event.ts";

/** A personal value of the event and whose it is. */
export interface PersonalValue {
  readonly text: string;
  readonly ref: string;
  /** True for ids, names and e-mail addresses: these are cut even when short; an address or agent only from 4 characters. */
  readonly isIdentity: boolean;
}

/** Receives what was cut out of the event. */
export interface CutSink {
  cut(ref: string, pointer: string, offset: number, value: string): void;
  /** A whole member whose key or number is personal: it leaves the core and belongs to `refs`. */
  move(refs: readonly string[], pointer: string, value: Json): void;
}

/** Values of fewer characters are cut only where they stand as whole words, or every "al" would be cut out of "calendar". */
const ANYWHERE_FROM_CHARS = 4;

/** Puts the values into the order in which they are looked for: longest first, so that a name is not cut inside an address. */
export function orderValues(values: readonly PersonalValue[]): PersonalValue[] {
  return values
    .filter((value) => value.text.length > 0 && (value.isIdentity || value.text.length >= ANYWHERE_FROM_CHARS))
    .sort((a, b) => b.text.length - a.text.length);
}

/**
 * Cuts personal values out of one string and gives the string with markers `{<ref>}` in their places.
 * Offsets are reported in the resulting string.
 */
export function cutText(text: string, pointer: string, values: readonly PersonalValue[], sink: CutSink): string {
  let found = false;
  for (let i = 0; i < values.length; i++) {
    if (text.includes(values[i]!.text)) {
      found = true;
      break;
    }
  }
  if (!found) return text;
  let result = "";
  let position = 0;
  for (;;) {
    const next = nextValue(text, position, values);
    if (next === undefined) return result + text.slice(position);
    result += text.slice(position, next.at);
    sink.cut(next.value.ref, pointer, result.length, next.value.text);
    result += `{${next.value.ref}}`;
    position = next.at + next.value.text.length;
  }
}

function nextValue(
  text: string,
  from: number,
  values: readonly PersonalValue[],
): { at: number; value: PersonalValue } | undefined {
  let best: { at: number; value: PersonalValue } | undefined;
  for (const value of values) {
    let at = text.indexOf(value.text, from);
    while (at !== -1 && value.text.length < ANYWHERE_FROM_CHARS && !isWholeWord(text, at, value.text.length)) {
      at = text.indexOf(value.text, at + 1);
    }
    if (at !== -1 && (best === undefined || at < best.at)) best = { at, value };
  }
  return best;
}

const WORD_CHARACTER = /[\p{L}\p{N}]/u;

function isWholeWord(text: string, at: number, length: number): boolean {
  return !WORD_CHARACTER.test(text.charAt(at - 1)) && !WORD_CHARACTER.test(text.charAt(at + length));
}

/**
 * Cuts personal values out of every string of a JSON value. Members whose key holds a personal value, and numbers whose
 * digits are one, are moved out whole; in an array a null keeps their place.
 */
export function cutJson(value: Json, pointer: string, values: readonly PersonalValue[], sink: CutSink): Json {
  if (typeof value === "string") return cutText(value, pointer, values, sink);
  if (typeof value === "number") {
    const owner = ownerOfNumber(value, values);
    if (owner === undefined) return value;
    sink.move([owner], pointer, value);
    return null;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json, i) => cutJson(item, `${pointer}/${i}`, values, sink));
  return cutObject(value as Readonly<Record<string, Json>>, pointer, values, sink);
}

function cutObject(
  value: Readonly<Record<string, Json>>,
  pointer: string,
  values: readonly PersonalValue[],
  sink: CutSink,
): Json {
  const result: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const member = value[key]!;
    const memberPointer = `${pointer}/${escapePointerToken(key)}`;
    const keyOwners = ownersIn(key, values);
    if (keyOwners.length > 0) {
      sink.move([...new Set([...keyOwners, ...ownersIn(JSON.stringify(member), values)])], memberPointer, member);
    } else if (typeof member === "number" && ownerOfNumber(member, values) !== undefined) {
      sink.move([ownerOfNumber(member, values)!], memberPointer, member);
    } else setMember(result, key, cutJson(member, memberPointer, values, sink));
  }
  return result;
}

function ownerOfNumber(value: number, values: readonly PersonalValue[]): string | undefined {
  const digits = String(value);
  return values.find((each) => each.isIdentity && each.text === digits)?.ref;
}

function ownersIn(text: string, values: readonly PersonalValue[]): string[] {
  const owners: string[] = [];
  for (const value of values) if (nextValue(text, 0, [value]) !== undefined) owners.push(value.ref);
  return owners;
}
