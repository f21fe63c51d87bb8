import { ACTION_PATTERN, type EventInput, isEmail, type Json, LIMITS, outcomeOfAction, setMember } from "@cairn/event";
import { actionOf } from "./action-name.ts";
import { addressOf } from "./address.ts";
import { cutText } from "./cut-text.ts";
import type { ChangeValue, Draft, TargetFrom, TargetValue } from "./draft.ts";
import { FIELDS, type Field } from "./fields.ts";
import { fitEvent } from "./fit-event.ts";
import { fitJson } from "./fit-json.ts";
import { fitWarnings } from "./fit-warnings.ts";
import { type JsonObject, textOrNumber } from "./json-values.ts";
import { isEmpty, leftovers, readAt, type Taken, takeAt } from "./leftovers.ts";
import { deriveIdentity } from "./record-identity.ts";
import type { FieldTrace, MapContext, MappedEvent } from "./source-mapping.ts";
import { readFirst, type TimeForm } from "./source-time.ts";

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
  return new RecordDraft(record, context, source);
}

/** A class, because there is one for each event: twenty functions each would be more garbage than the event. */
class RecordDraft implements Draft {
  private readonly record: JsonObject;
  private readonly context: MapContext;
  private readonly event: Parts;
  private readonly taken: Taken = new Map();
  private readonly warnings: string[] = [];
  private readonly targets: Parts[] = [];
  private readonly changes: Parts[] = [];
  private added: Record<string, Json> | undefined;
  /** The first value of a field stays: what came before it in the record must not be lost to what comes after. */
  private readonly filled = new Set<Field>(["source"]);
  private readonly trace: FieldTrace[] | undefined;
  private namedRule: string | undefined;

  constructor(record: JsonObject, context: MapContext, source: string) {
    this.record = record;
    this.context = context;
    this.event = { source };
    this.trace = context.explain === undefined ? undefined : [];
  }

  at(pointer: string): Json | undefined {
    return readAt(this.record, pointer);
  }

  textAt(pointer: string): string | undefined {
    return textOrNumber(readAt(this.record, pointer));
  }

  move(field: Field, ...pointers: readonly string[]): string | undefined {
    for (const pointer of pointers) {
      const value = this.textAt(pointer);
      if (value === undefined) continue;
      const fit = this.fill(field, value);
      if (fit === "not at all") continue;
      if (fit === "whole") takeAt(this.taken, pointer);
      this.explain(field, [pointer], "move");
      return value;
    }
    return undefined;
  }

  movePerson(pointer: string): void {
    const value = this.textAt(pointer);
    if (value !== undefined)
      this.move(isEmail(value) && value.length <= LIMITS.emailChars ? "actor.email" : "actor.name", pointer);
  }

  moveTime(pointer: string, ...forms: readonly TimeForm[]): void {
    const value = this.at(pointer);
    if (value === undefined || value === null || value === "") return;
    const reading = readFirst(value, forms);
    if (reading.kind === "unreadable") {
      this.warnings.push(`time_unreadable:${pointer}`);
      return;
    }
    this.event.occurred_at = reading.time;
    if (reading.uncertainMs !== undefined) this.event.time_uncertain_ms = reading.uncertainMs;
    if (reading.isExact) takeAt(this.taken, pointer);
    this.explain("occurred_at", [pointer], "time");
  }

  set(field: Field, value: string | undefined, rule = "constant", from: readonly string[] = []): void {
    if (value === undefined || value === "" || this.fill(field, value) === "not at all") return;
    this.explain(field, from, rule);
  }

  setTime(timeMs: number, uncertainMs: number | undefined, from: readonly string[]): void {
    this.event.occurred_at = new Date(timeMs).toISOString();
    if (uncertainMs !== undefined) this.event.time_uncertain_ms = uncertainMs;
    this.explain("occurred_at", from, "time");
  }

  moveTarget({ type, id, name, typeAt }: TargetFrom): void {
    const idText = id === undefined ? undefined : this.textAt(id);
    const nameText = name === undefined ? undefined : this.textAt(name);
    if (idText === undefined && nameText === undefined) return;
    const from = [
      ...(id === undefined || idText === undefined ? [] : [id]),
      ...(name === undefined || nameText === undefined ? [] : [name]),
    ];
    if (this.putTarget({ type, id: idText, name: nameText }, from) !== "whole") return;
    for (const pointer of from) takeAt(this.taken, pointer);
    if (typeAt !== undefined && type.length <= LIMITS.nameChars) takeAt(this.taken, typeAt);
  }

  addTarget(target: TargetValue, from: readonly string[] = []): void {
    this.putTarget(target, from);
  }

  addChange({ field, before, after }: ChangeValue, from: readonly string[] = []): "kept" | "dropped" {
    const { changes, warnings } = this;
    if (changes.length >= LIMITS.changes) {
      warnings.push(`too_many_changes:${LIMITS.changes} kept`);
      return "dropped";
    }
    const change: Parts = { field: cutText(field === "" ? "value" : field, LIMITS.nameChars) };
    const pointer = `/changes/${changes.length}`;
    if (before !== undefined) change.before = fitJson(before, `${pointer}/before`, warnings);
    if (after !== undefined) change.after = fitJson(after, `${pointer}/after`, warnings);
    this.explain(`changes.${changes.length}`, from, "change");
    changes.push(change);
    return "kept";
  }

  markInferred(): void {
    this.event.inferred = true;
  }

  label(key: string, value: string): void {
    this.event.labels ??= {};
    const labels = this.event.labels as Record<string, string>;
    if (Object.keys(labels).length < LIMITS.labels)
      setMember(labels, cutText(key, MAX_LABEL_KEY_CHARS), cutText(value, LIMITS.shortTextChars));
  }

  take(...pointers: readonly string[]): void {
    for (const pointer of pointers) takeAt(this.taken, pointer);
  }

  takeRepeats(value: string | undefined, ...pointers: readonly string[]): void {
    // A longer one may have been cut where it went.
    if (value === undefined || value.length > MAX_REPEAT_CHARS) return;
    for (const pointer of pointers) if (this.textAt(pointer) === value) takeAt(this.taken, pointer);
  }

  addDetail(key: string, value: Json): void {
    this.added ??= {};
    setMember(this.added, key, value);
  }

  warn(warning: string): void {
    this.warnings.push(warning);
  }

  explainAs(rule: string): void {
    this.namedRule = rule;
  }

  finish(): MappedEvent {
    const { event, warnings, trace } = this;
    if (this.targets.length > 0) event.targets = this.targets;
    if (this.changes.length > 0) event.changes = this.changes;
    event.id ??= this.context.identify?.({ hasTime: event.occurred_at !== undefined });
    event.id ??= deriveIdentity(this.record, this.context.countEquals);
    if (event.action === undefined) {
      event.action = "unknown";
      warnings.push("action_missing");
    }
    const outcome = event.outcome as Parts | undefined;
    if (outcome !== undefined) outcome.result ??= outcomeOfAction(event.action as string);
    const free = this.details();
    if (free !== undefined) event.details = free;
    const fitted = fitEvent(event as unknown as EventInput, warnings);
    const whole = warnings.length === 0 ? fitted : { ...fitted, warnings: fitWarnings(warnings) };
    return trace === undefined ? { kind: "event", event: whole } : { kind: "event", event: whole, trace };
  }

  private explain(field: string, from: readonly string[], rule: string): void {
    this.trace?.push({ field, from, rule: this.namedRule ?? rule });
  }

  private put(path: string, value: unknown): void {
    const steps = stepsOf(path);
    let parts = this.event;
    for (let i = 0; i < steps.length - 1; i++) {
      const step = steps[i] ?? "";
      parts[step] ??= {};
      parts = parts[step] as Parts;
    }
    parts[steps.at(-1) ?? ""] = value;
  }

  /** Puts a text into a field if it fits; tells whether the field holds it in full. */
  private fill(field: Field, value: string): Fit {
    if (this.filled.has(field)) return "not at all";
    const fit = this.fitInto(field, value);
    if (fit !== "not at all") this.filled.add(field);
    return fit;
  }

  private fitInto(field: Field, value: string): Fit {
    const kind = FIELDS[field];
    switch (kind.kind) {
      case "text": {
        const fitted =
          field === "id" && value.length > kind.maxChars
            ? deriveIdentity(value, undefined)
            : cutText(value, kind.maxChars);
        this.put(field, fitted);
        if (fitted !== value) this.warnings.push(`cut:/${field.replaceAll(".", "/")}`);
        return fitted === value ? "whole" : "in part";
      }
      case "enum": {
        if (!(kind.values as readonly string[]).includes(value)) return "not at all";
        this.put(field, value);
        return "whole";
      }
      case "action": {
        const action = ACTION.test(value) && value.length <= MAX_ACTION_CHARS ? value : actionOf(value);
        this.put(field, action);
        return action === value ? "whole" : "in part";
      }
      case "ip": {
        const ip = addressOf(value);
        if (ip === undefined) return "not at all";
        this.put(field, ip);
        return ip === value ? "whole" : "in part";
      }
    }
  }

  private putTarget(target: TargetValue, from: readonly string[]): "whole" | "in part" {
    const { targets, warnings } = this;
    if (targets.length >= LIMITS.targets) {
      warnings.push(`too_many_targets:${LIMITS.targets} kept`);
      return "in part";
    }
    const parts: Parts = { type: cutText(target.type === "" ? "resource" : target.type, LIMITS.nameChars) };
    for (const key of ["id", "name"] as const) {
      const value = target[key];
      if (value !== undefined && value !== "") parts[key] = cutText(value, LIMITS.nameChars);
    }
    this.explain(`targets.${targets.length}`, from, "target");
    targets.push(parts);
    const isWhole = (target.id ?? "") === (parts.id ?? "") && (target.name ?? "") === (parts.name ?? "");
    return isWhole ? "whole" : "in part";
  }

  private details(): Json | undefined {
    const { added, context } = this;
    const rest = leftovers(this.record, this.taken);
    if (added !== undefined)
      for (const key of Object.keys(added)) setMember(rest, freeKey(rest, key), added[key] as Json);
    if (context.original !== undefined) setMember(rest, freeKey(rest, "original"), context.original);
    return isEmpty(rest) ? undefined : fitJson(rest, "/details", this.warnings);
  }
}

/** Whether a field holds a value. */
type Fit = "whole" | "in part" | "not at all";

function freeKey(object: JsonObject, key: string): string {
  let free = key;
  while (Object.hasOwn(object, free)) free += "_";
  return free;
}
