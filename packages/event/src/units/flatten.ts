import type { CairnEvent, Json } from "../model/event.ts";
import { LIMITS } from "../model/limits.ts";
import { JOINT_REF, type SubjectPart } from "../personal/split.ts";
import { rootPath, type UnitPath } from "./unit-path.ts";

/** Receives the units of an event: path and value, to be written as RFC 8785. */
export type UnitSink = (path: UnitPath, value: Json) => void;

/** Arrays of the model that are opened into a unit per element and field. Arrays inside `details` stay one unit. */
const OPENED_ARRAYS: ReadonlySet<string> = new Set(["/targets", "/changes"]);

/** Room for `/log`, the joint unit and the units of the people of an event (actor, on behalf of, every target). */
const RESERVED_UNITS = LIMITS.targets + 4;

/**
 * Opens the core of an event into units (docs/formats/entry.md): objects to depth 3, deeper values as one unit.
 * Beyond 1,024 units the depth goes down to 2, then 1: coarser disclosure, never refusal.
 * The unit `/log`, which binds the event to its log, is not emitted here.
 */
export function flattenCore(core: CairnEvent, emit: UnitSink): void {
  let depth: number = LIMITS.unitDepth;
  // A cheap bound first: only `details`, `changes`, `labels` and `targets` can be large.
  if (mayBeMany(core)) while (depth > 1 && countUnits(core, depth) > LIMITS.units - RESERVED_UNITS) depth--;
  const root = rootPath();
  for (const key in core) openMember(core[key as keyof CairnEvent] as Json, root.child(key), depth, emit);
}

function openMember(value: Json | undefined, path: UnitPath, depth: number, emit: UnitSink): void {
  if (value === undefined) return;
  if (depth > 1 && typeof value === "object" && value !== null) openValue(value, path, depth - 1, emit);
  else emit(path, value);
}

function openValue(value: Json & object, path: UnitPath, depth: number, emit: UnitSink): void {
  if (Array.isArray(value)) {
    if (!OPENED_ARRAYS.has(path.pointer) || value.length === 0) emit(path, value);
    else for (let i = 0; i < value.length; i++) openMember(value[i] as Json, path.child(String(i)), depth, emit);
    return;
  }
  let isEmpty = true;
  for (const key in value) {
    isEmpty = false;
    openMember((value as Readonly<Record<string, Json>>)[key], path.child(key), depth, emit);
  }
  if (isEmpty) emit(path, value);
}

function mayBeMany(core: CairnEvent): boolean {
  const size = (value: unknown): number =>
    typeof value === "object" && value !== null ? Object.keys(value).length : 0;
  if (size(core.changes) + size(core.targets) + size(core.labels) > 100) return true;
  if (core.details === undefined) return false;
  if (size(core.details) > 100) return true;
  if (typeof core.details !== "object" || core.details === null) return false;
  for (const member of Object.values(core.details)) if (size(member) > 100) return true;
  return size(core.details) > 8 && countUnits(core, LIMITS.unitDepth) > LIMITS.units - RESERVED_UNITS;
}

function countUnits(core: CairnEvent, depth: number): number {
  let count = 0;
  const root = rootPath();
  for (const key in core) openMember(core[key as keyof CairnEvent] as Json, root.child(key), depth, () => count++);
  return count;
}

/** Path of a person's unit. */
export function subjectPath(ref: string): string {
  return `/subjects/${ref}`;
}

/** Path of a part's unit: a person's, or the joint one. */
export function partPath(ref: string): string {
  return ref === JOINT_REF ? "/joint" : subjectPath(ref);
}

/** Value of a person's unit: `{cuts: [[pointer, offset, value], …], fields: {pointer: value}}`, to be written as RFC 8785. */
export function partValue(part: SubjectPart): Json {
  if (part.cuts.length === 0) return { fields: part.fields };
  return { cuts: part.cuts.map(({ pointer, offset, value }) => [pointer, offset, value]), fields: part.fields };
}

/** Reads the text of a {@link partValue}. */
export function decodePart(ref: string, text: string): SubjectPart {
  const value = JSON.parse(text) as {
    cuts?: readonly (readonly [string, number, string])[];
    fields: Record<string, Json>;
  };
  const cuts = (value.cuts ?? []).map(([pointer, offset, cut]) => ({ pointer, offset, value: cut }));
  return { ref, fields: value.fields, cuts };
}
