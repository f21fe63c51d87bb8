import { type Json, setMember } from "@cairn/event";
import { byHeader } from "../core/by-header.ts";
import { asObject, type JsonObject } from "../core/json-values.ts";
import { pointerTo, readAt, tokensOf } from "../core/leftovers.ts";
import type { Definition } from "./definition.ts";
import { compileLinePattern } from "./line-pattern.ts";

/** Compiles `columns`: those of a record that are spelled in another way get the names that the rules have. */
export function withColumns({ input }: Definition): (record: JsonObject) => JsonObject {
  if (input.format !== "csv" || input.columns === undefined) return (record) => record;
  const known = new Set(input.columns);
  const spelled = new Map(input.columns.map((name) => [plain(name), name]));
  const meaningOf = byHeader((key) => spelled.get(plain(key)));
  return (given) => {
    const names = Object.keys(given);
    const nameOf = (key: string): string => {
      const name = meaningOf(key);
      // Of two columns, the one that is spelled right has the name.
      return name === undefined || known.has(key) || Object.hasOwn(given, name) ? key : name;
    };
    if (names.every((key) => nameOf(key) === key)) return given;
    const record: Record<string, Json> = {};
    for (const key of names) {
      const name = nameOf(key);
      setMember(record, Object.hasOwn(record, name) ? key : name, given[key] as Json);
    }
    return record;
  };
}

/** A column's name without what exports differ in. */
function plain(name: string): string {
  return name.replaceAll(/[\s_-]/g, "").toLowerCase();
}

/** Compiles `split`: texts that fit their pattern become objects of their parts. */
export function withSplits({ split = {} }: Definition): (record: JsonObject) => JsonObject {
  const splits = Object.entries(split).map(([pointer, pattern]) => ({
    pointer,
    pattern: compileLinePattern(pattern, pointerTo("/split", pointer)),
  }));
  if (splits.length === 0) return (record) => record;
  return (given) => {
    let record = given;
    for (const { pointer, pattern } of splits) {
      const value = readAt(record, pointer);
      const parts = typeof value === "string" ? pattern(value) : undefined;
      if (parts !== undefined) record = (asObject(put(record, tokensOf(pointer), parts)) ?? record) as JsonObject;
    }
    return record;
  };
}

function put(value: Json, tokens: readonly string[], parts: Json): Json {
  const [token, ...rest] = tokens;
  const object = asObject(value);
  if (token === undefined || object === undefined) return token === undefined ? parts : value;
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(object)) {
    setMember(copy, key, key === token ? put(object[key] as Json, rest, parts) : (object[key] as Json));
  }
  return copy;
}

/** Compiles `absent`: members of objects whose text means that there is none are left out. */
export function withoutAbsent({ absent = [] }: Pick<Definition, "absent">): (record: JsonObject) => JsonObject {
  if (absent.length === 0) return (record) => record;
  const words = new Set(absent);
  const maxChars = Math.max(...absent.map(({ length }) => length));

  /** Gives the object itself when all of its members are there, as often. */
  function present(object: JsonObject): JsonObject {
    let copy: Record<string, Json> | undefined;
    for (const key in object) {
      const member = object[key] as Json;
      // Looking a text up costs more the longer it is.
      const isAbsent = typeof member === "string" && member.length <= maxChars && words.has(member);
      const inner = isAbsent ? undefined : asObject(member);
      const kept = inner === undefined ? member : present(inner);
      if (copy === undefined && (isAbsent || kept !== member)) copy = membersBefore(object, key);
      if (copy !== undefined && !isAbsent) setMember(copy, key, kept);
    }
    return copy ?? object;
  }
  return present;
}

function membersBefore(object: JsonObject, end: string): Record<string, Json> {
  const copy: Record<string, Json> = {};
  for (const key in object) {
    if (key === end) break;
    setMember(copy, key, object[key] as Json);
  }
  return copy;
}
