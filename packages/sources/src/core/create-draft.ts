import { ACTION_PATTERN, type EventInput, isEmail, type Json, LIMITS, outcomeOfAction, setMember } from "@cairn/event";
import { actionOf } from "./action-name.ts";
import { addressOf } from "./address.ts";
import { cutText } from "./cut-text.ts";
import type { Draft, TargetValue } from "./draft.ts";
import { FIELDS, type Field } from "./fields.ts";
import { fitEvent } from "./fit-event.ts";
import { fitJson } from "./fit-json.ts";
import { fitWarnings } from "./fit-warnings.ts";
import { type JsonObject, textOrNumber } from "./json-values.ts";
import { leftovers, readAt, type Taken, takeAt } from "./leftovers.ts";
import { deriveIdentity } from "./record-identity.ts";
import type { FieldTrace, MapContext } from "./source-mapping.ts";
import { readTime } from "./source-time.ts";

type Parts = Record<string, unknown>;

const ACTION = new RegExp(ACTION_PATTERN);
const MAX_ACTION_CHARS = LIMITS.actionChars;
const MAX_LABEL_KEY_CHARS = 100;
const MAX_REPEAT_CHARS = 100;

const STEPS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.keys(FIELDS).map((field) => [field, field.split(".")]),
);

/** Parts the path of a field. */
function stepsOf(path: string): readonly string[] {
  return STEPS.get(path) ?? [path];
}

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
    const steps = stepsOf(path);
    let parts = event;
    for (let i = 0; i < steps.length - 1; i++) {
      const step = steps[i] ?? "";
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

    moveTarget({ type, id, name, typeAt }) {
      const from = [id, name].filter((pointer) => pointer !== undefined && textAt(pointer) !== undefined) as string[];
      if (from.length === 0) return;
      const value = { type, id: id && textAt(id), name: name && textAt(name) };
      if (addTarget(value, from) !== "whole") return;
      for (const pointer of from) takeAt(taken, pointer);
      if (typeAt !== undefined && type.length <= LIMITS.nameChars) takeAt(taken, typeAt);
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

function freeKey(object: JsonObject, key: string): string {
  let free = key;
  while (Object.hasOwn(object, free)) free += "_";
  return free;
}
