import {
  ACTION_PATTERN,
  canonicalIp,
  type EventInput,
  isEmail,
  type Json,
  LIMITS,
  outcomeOfAction,
  setMember,
} from "@cairn/event";
import { actionOf } from "./action-name.ts";
import { cutText } from "./cut-text.ts";
import { FIELDS, type Field } from "./fields.ts";
import { fitEvent } from "./fit-event.ts";
import { fitJson } from "./fit-json.ts";
import { type JsonObject, textOrNumber } from "./json-values.ts";
import { leftovers, readAt, type Taken, takeAt } from "./leftovers.ts";
import { deriveIdentity } from "./record-identity.ts";
import type { FieldTrace, MapContext, MappedEvent } from "./source-mapping.ts";
import { readTime, type TimeForm } from "./source-time.ts";

/** Pointers into the record, or texts, for the members of a target. */
export interface TargetFrom {
  readonly type: string;
  /** JSON Pointer of its id. */
  readonly id?: string;
  /** JSON Pointer of its name. */
  readonly name?: string;
}

/** A target whose members are known already. */
export interface TargetValue {
  readonly type: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

export interface ChangeValue {
  readonly field: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}

/**
 * An event being made of a record. What is moved to a field leaves the record; all the rest becomes `details` at the end, so
 * nothing can be forgotten. A value leaves only when the event carries it in full: one that was cut or changed stays as well.
 */
export interface Draft {
  /** Reads the record. */
  readonly at: (pointer: string) => Json | undefined;
  /** Reads a text or number of the record that says something. */
  readonly textAt: (pointer: string) => string | undefined;
  /** Moves the first of these that says something to a field; gives it. */
  readonly move: (field: Field, ...pointers: readonly string[]) => string | undefined;
  /** Moves an address of a person to `.email` or, when it is none, to `.name` of an actor. */
  readonly movePerson: (pointer: string) => void;
  /** Moves a time to `occurred_at`. */
  readonly moveTime: (pointer: string, form: TimeForm) => void;
  /** Sets a field to a value of the mapping's own. */
  readonly set: (field: Field, value: string | undefined, rule?: string, from?: readonly string[]) => void;
  /** Sets the time and how far off it may be. */
  readonly setTime: (timeMs: number, uncertainMs: number | undefined, from: readonly string[]) => void;
  readonly moveTarget: (target: TargetFrom) => void;
  readonly addTarget: (target: TargetValue, from?: readonly string[]) => void;
  /** Adds a change; `dropped` when there are too many already. */
  readonly addChange: (change: ChangeValue, from?: readonly string[]) => "kept" | "dropped";
  readonly markInferred: () => void;
  readonly label: (key: string, value: string) => void;
  /** Says that the event carries these values elsewhere. */
  readonly take: (...pointers: readonly string[]) => void;
  /** Says that these values repeat the one given; those that do not stay. */
  readonly takeRepeats: (value: string | undefined, ...pointers: readonly string[]) => void;
  /** Adds to the details something that the record has no place for. */
  readonly addDetail: (key: string, value: Json) => void;
  readonly warn: (warning: string) => void;
  /** Names the rule under which what follows is explained: a pointer into a definition. */
  readonly explainAs: (rule: string) => void;
  readonly finish: () => MappedEvent;
}

type Parts = Record<string, unknown>;

const ACTION = new RegExp(ACTION_PATTERN);
const MAX_ACTION_CHARS = LIMITS.actionChars;
const MAX_LABEL_KEY_CHARS = 100;
const MAX_REPEAT_CHARS = 100;

/** Begins an event of a record. */
export function createDraft(record: JsonObject, context: MapContext, source: string): Draft {
  const event: Parts = { source };
  const taken: Taken = new Map();
  const warnings: string[] = [];
  const targets: Parts[] = [];
  const changes: Parts[] = [];
  const added: Record<string, Json> = {};
  /** The first value of a field stays: what came before it in the record must not be lost to what comes after. */
  const filled = new Set<Field>(["source"]);
  const trace: FieldTrace[] | undefined = context.explain === undefined ? undefined : [];

  const at = (pointer: string) => readAt(record, pointer);
  const textAt = (pointer: string) => textOrNumber(at(pointer));
  let namedRule: string | undefined;
  const explain = (field: string, from: readonly string[], rule: string) =>
    trace?.push({ field, from, rule: namedRule ?? rule });

  function put(path: string, value: unknown): void {
    let parts = event;
    const steps = path.split(".");
    for (const step of steps.slice(0, -1)) {
      parts[step] ??= {};
      parts = parts[step] as Parts;
    }
    parts[steps.at(-1) ?? ""] = value;
  }

  /** Puts a text into a field if it fits; tells whether the field holds it in full. */
  function fill(field: Field, value: string): "whole" | "in part" | "not at all" {
    if (filled.has(field)) return "not at all";
    const fit = fitInto(field, value);
    if (fit !== "not at all") filled.add(field);
    return fit;
  }

  function fitInto(field: Field, value: string): "whole" | "in part" | "not at all" {
    const kind = FIELDS[field];
    switch (kind.kind) {
      case "text": {
        const fitted =
          field === "id" && value.length > kind.maxChars
            ? deriveIdentity(value, undefined)
            : cutText(value, kind.maxChars);
        put(field, fitted);
        if (fitted !== value) warnings.push(`cut:/${field.replaceAll(".", "/")}`);
        return fitted === value ? "whole" : "in part";
      }
      case "enum": {
        if (!(kind.values as readonly string[]).includes(value)) return "not at all";
        put(field, value);
        return "whole";
      }
      case "action": {
        const action = ACTION.test(value) && value.length <= MAX_ACTION_CHARS ? value : actionOf(value);
        put(field, action);
        return action === value ? "whole" : "in part";
      }
      case "ip": {
        const ip = addressOf(value);
        if (ip === undefined) return "not at all";
        put(field, ip);
        return ip === value ? "whole" : "in part";
      }
    }
  }

  function move(field: Field, ...pointers: readonly string[]): string | undefined {
    for (const pointer of pointers) {
      const value = textAt(pointer);
      if (value === undefined) continue;
      const fit = fill(field, value);
      if (fit === "not at all") continue;
      if (fit === "whole") takeAt(taken, pointer);
      explain(field, [pointer], "move");
      return value;
    }
    return undefined;
  }

  function addTarget(target: TargetValue, from: readonly string[] = []): "whole" | "in part" {
    if (targets.length >= LIMITS.targets) {
      warnings.push(`too_many_targets:${LIMITS.targets} kept`);
      return "in part";
    }
    const parts: Parts = { type: cutText(target.type === "" ? "resource" : target.type, LIMITS.nameChars) };
    for (const key of ["id", "name"] as const) {
      const value = target[key];
      if (value !== undefined && value !== "") parts[key] = cutText(value, LIMITS.nameChars);
    }
    explain(`targets.${targets.length}`, from, "target");
    targets.push(parts);
    const isWhole = (target.id ?? "") === (parts.id ?? "") && (target.name ?? "") === (parts.name ?? "");
    return isWhole ? "whole" : "in part";
  }

  function details(): Json | undefined {
    const rest = leftovers(record, taken);
    for (const key of Object.keys(added)) setMember(rest, freeKey(rest, key), added[key] as Json);
    if (context.original !== undefined) setMember(rest, freeKey(rest, "original"), context.original);
    return Object.keys(rest).length === 0 ? undefined : fitJson(rest, "/details", warnings);
  }

  return {
    at,
    textAt,
    move,

    movePerson(pointer) {
      const value = textAt(pointer);
      if (value !== undefined)
        move(isEmail(value) && value.length <= LIMITS.emailChars ? "actor.email" : "actor.name", pointer);
    },

    moveTime(pointer, form) {
      const value = at(pointer);
      if (value === undefined || value === null || value === "") return;
      const reading = readTime(value, form);
      if (reading.kind === "unreadable") {
        warnings.push(`time_unreadable:${pointer}`);
        return;
      }
      put("occurred_at", reading.time);
      if (reading.uncertainMs !== undefined) put("time_uncertain_ms", reading.uncertainMs);
      if (reading.isExact) takeAt(taken, pointer);
      explain("occurred_at", [pointer], "time");
    },

    set(field, value, rule = "constant", from = []) {
      if (value === undefined || value === "" || fill(field, value) === "not at all") return;
      explain(field, from, rule);
    },

    setTime(timeMs, uncertainMs, from) {
      put("occurred_at", new Date(timeMs).toISOString());
      if (uncertainMs !== undefined) put("time_uncertain_ms", uncertainMs);
      explain("occurred_at", from, "time");
    },

    moveTarget({ type, id, name }) {
      const from = [id, name].filter((pointer) => pointer !== undefined && textAt(pointer) !== undefined) as string[];
      if (from.length === 0) return;
      const value = { type, id: id && textAt(id), name: name && textAt(name) };
      if (addTarget(value, from) === "whole") for (const pointer of from) takeAt(taken, pointer);
    },

    addTarget(target, from) {
      addTarget(target, from);
    },

    addChange({ field, before, after }, from = []) {
      if (changes.length >= LIMITS.changes) {
        warnings.push(`too_many_changes:${LIMITS.changes} kept`);
        return "dropped";
      }
      const change: Parts = { field: cutText(field === "" ? "value" : field, LIMITS.nameChars) };
      const pointer = `/changes/${changes.length}`;
      if (before !== undefined) change.before = fitJson(before, `${pointer}/before`, warnings);
      if (after !== undefined) change.after = fitJson(after, `${pointer}/after`, warnings);
      explain(`changes.${changes.length}`, from, "change");
      changes.push(change);
      return "kept";
    },

    markInferred() {
      event.inferred = true;
    },

    label(key, value) {
      event.labels ??= {};
      const labels = event.labels as Record<string, string>;
      if (Object.keys(labels).length < LIMITS.labels)
        setMember(labels, cutText(key, MAX_LABEL_KEY_CHARS), cutText(value, LIMITS.shortTextChars));
    },

    take(...pointers) {
      for (const pointer of pointers) takeAt(taken, pointer);
    },

    takeRepeats(value, ...pointers) {
      // A longer one may have been cut where it went.
      if (value === undefined || value.length > MAX_REPEAT_CHARS) return;
      for (const pointer of pointers) if (textAt(pointer) === value) takeAt(taken, pointer);
    },

    addDetail(key, value) {
      setMember(added, key, value);
    },

    warn(warning) {
      warnings.push(warning);
    },

    explainAs(rule) {
      namedRule = rule;
    },

    finish() {
      if (targets.length > 0) event.targets = targets;
      if (changes.length > 0) event.changes = changes;
      event.id ??= deriveIdentity(record, context.countEquals);
      event.action ??= "unknown";
      const outcome = event.outcome as Parts | undefined;
      if (outcome !== undefined) outcome.result ??= outcomeOfAction(event.action as string);
      const free = details();
      if (free !== undefined) event.details = free;
      const fitted = fitEvent(event as unknown as EventInput, warnings);
      return {
        kind: "event",
        event: warnings.length === 0 ? fitted : { ...fitted, warnings: fitWarnings(warnings) },
        ...(trace === undefined ? {} : { trace }),
      };
    },
  };
}

/** Canonical form of an address as proxies and Microsoft write them; undefined when it is a host name. */
export function addressOf(value: string): string | undefined {
  try {
    return canonicalIp(value, "");
  } catch {
    return undefined;
  }
}

function freeKey(object: JsonObject, key: string): string {
  let free = key;
  while (Object.hasOwn(object, free)) free += "_";
  return free;
}

function fitWarnings(warnings: readonly string[]): string[] {
  const unique = [...new Set(warnings.map((warning) => cutText(warning, LIMITS.shortTextChars)))];
  if (unique.length <= LIMITS.warnings) return unique;
  const kept = unique.slice(0, LIMITS.warnings - 1);
  return [...kept, `more_warnings:${unique.length - kept.length}`];
}
