import type { CairnEvent, Json } from "../model/event.ts";
import { fold } from "./fold.ts";
import { QUERY_LIMITS } from "./limits.ts";

/**
 * Receives one searchable value: its path, the text it shows (a number shows none, so that `12` does not find 12.5), and
 * its number, NaN when it is none.
 */
export type LeafSink = (path: string, text: string, number: number) => void;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const MAX_NUMBER_CHARS = 40;

/** Reads a text that is a JSON number, else gives NaN. Numbers too large for a double are none. */
export function numberOfText(text: string): number {
  const first = text.charCodeAt(0);
  if ((first !== 45 && !(first >= 48 && first <= 57)) || text.length > MAX_NUMBER_CHARS) return Number.NaN;
  if (!NUMBER.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

/**
 * Opens `details`, `labels` and `changes` into values under paths: `details.address.city`, `labels.env`, `changes.field`,
 * `changes.before`, `changes.after.days`. Keys are folded; array positions are no part of a path; null is no value.
 */
export function eachLeaf(core: CairnEvent, sink: LeafSink): void {
  const budget = { left: QUERY_LIMITS.leaves };
  if (core.details !== undefined) eachOf(core.details, "details", 0, budget, sink);
  if (core.labels !== undefined) {
    for (const key in core.labels) eachOf(core.labels[key] ?? null, member("labels", key), 0, budget, sink);
  }
  if (core.changes === undefined) return;
  for (const change of core.changes) {
    eachOf(change.field, "changes.field", 0, budget, sink);
    if (change.before !== undefined) eachOf(change.before, "changes.before", 0, budget, sink);
    if (change.after !== undefined) eachOf(change.after, "changes.after", 0, budget, sink);
  }
}

function eachOf(value: Json, path: string, depth: number, budget: { left: number }, sink: LeafSink): void {
  if (value === null || budget.left <= 0) return;
  if (typeof value !== "object") {
    budget.left--;
    if (typeof value === "string") sink(path, value, numberOfText(value));
    else if (typeof value === "number") sink(path, "", value);
    else sink(path, value ? "true" : "false", Number.NaN);
    return;
  }
  if (depth >= QUERY_LIMITS.leafDepth) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) eachOf(value[i] as Json, path, depth + 1, budget, sink);
    return;
  }
  const object = value as Readonly<Record<string, Json>>;
  for (const key in object) eachOf(object[key] ?? null, member(path, key), depth + 1, budget, sink);
}

/** Paths seen before: producers send the same keys for ever, and folding and joining them costs more than a look-up. */
const known = new Map<string, Map<string, string>>();
const KNOWN_PATHS = 20_000;
let knownCount = 0;

/** Appends a key to a path as both evaluators write it. */
export function member(path: string, key: string): string {
  let children = known.get(path);
  const found = children?.get(key);
  if (found !== undefined) return found;
  const joined = `${path}.${fold(key)}`;
  const result =
    joined.length > QUERY_LIMITS.pathChars ? joined.slice(0, QUERY_LIMITS.pathChars).toWellFormed() : joined;
  if (knownCount >= KNOWN_PATHS) {
    known.clear();
    knownCount = 0;
    children = undefined;
  }
  if (children === undefined) {
    children = new Map();
    known.set(path, children);
  }
  children.set(key, result);
  knownCount++;
  return result;
}

/** Tells whether a path names a value: the path itself or anything beneath it. */
export function isUnder(leafPath: string, path: string): boolean {
  return leafPath.startsWith(path) && (leafPath.length === path.length || leafPath.charCodeAt(path.length) === 46);
}
