import { type Json, setMember } from "@cairn/event";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import type { Field } from "../core/fields.ts";
import { asObject, type JsonObject, printed } from "../core/json-values.ts";
import { pointerTo, readAt } from "../core/leftovers.ts";
import type { MapContext, MappedEvent, SkippedRecord, SourceMapping } from "../core/source-mapping.ts";
import { checkShape } from "./check-shape.ts";
import { type CompiledRule, compileRule, type Found, membersOf, type RuleContext } from "./compile-rule.ts";
import { compileTimeRule, zoneAt } from "./compile-time.ts";
import type { ChangeRule, Definition, PairRule, Rule, TargetRule } from "./definition.ts";
import { DEFINITION_SCHEMA } from "./definition-schema.ts";
import { withColumns, withoutAbsent, withSplits } from "./prepare-record.ts";
import { compileOneStar, compileTable } from "./value-table.ts";

/** One rule of a definition, ready to work on a draft. */
type Step = (draft: Draft, record: JsonObject) => void;

/**
 * Narrows parsed JSON to a definition whose form is right; whether its names and patterns are, compiling it says.
 * @throws SourceError definition_invalid with a pointer into the definition
 */
export function checkDefinition(value: Json): Definition {
  checkShape(value, DEFINITION_SCHEMA);
  return value as unknown as Definition;
}

/**
 * Makes a mapping of a definition.
 * @throws SourceError definition_invalid or zone_unknown with a pointer into the definition
 */
export function compileDefinition(definition: Definition): SourceMapping {
  const steps = stepsOf(definition);
  const present = withoutAbsent(definition);
  const skips = (definition.skip ?? []).map(({ at, is, reason }) => ({ at, is: new Set(is), reason }));
  const named = withColumns(definition);
  const split = withSplits(definition);

  function map(given: JsonObject, context: MapContext): MappedEvent | SkippedRecord {
    const record = present(split(named(given)));
    const skip = skips.find(({ at, is }) => is.has(printed(readAt(record, at))));
    if (skip !== undefined) return { kind: "skipped", reason: skip.reason };
    const draft = createDraft(record, context, definition.name);
    for (const step of steps) step(draft, record);
    draft.take(...(definition.ignore ?? []).filter((pointer) => pointer !== ""));
    return draft.finish();
  }

  const { each } = definition;
  if (each === undefined) return { name: definition.name, map };
  return { name: definition.name, map, divide: (record) => divided(record, each) };
}

/** Puts each member of a list into the list's place. A record without the list stays one. */
function divided(record: JsonObject, each: NonNullable<Definition["each"]>): readonly JsonObject[] {
  const members = membersOf(readAt(record, each.list));
  if (members.length === 0) return [record];
  return members.map((member, i) => {
    const part = replaced(record, each.list.split("/").slice(1), member) as Record<string, Json>;
    if (each.index !== undefined && !Object.hasOwn(part, each.index)) setMember(part, each.index, i);
    return part;
  });
}

function replaced(value: Json, tokens: readonly string[], member: Json): Json {
  const [token, ...rest] = tokens;
  const object = asObject(value);
  if (token === undefined || object === undefined) return member;
  const copy: Record<string, Json> = { ...object };
  const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
  setMember(copy, key, replaced(object[key] as Json, rest, member));
  return copy;
}

function stepsOf(definition: Definition): Step[] {
  const { tables = {}, fields, targets = [], changes = [], pairs = [], labels = {}, occurred_at } = definition;
  const context: RuleContext = {
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [name, compileTable(table, pointerTo("/tables", name))]),
    ),
  };
  const steps: Step[] = [];
  if (definition.zone !== undefined) zoneAt(definition.zone);
  if (occurred_at !== undefined) steps.push(compileTimeRule(occurred_at, definition.zone));
  for (const [field, rule] of Object.entries(fields)) {
    steps.push(fieldStep(field as Field, rule, context));
  }
  for (const [i, target] of targets.entries()) steps.push(targetStep(target, `/targets/${i}`, context));
  for (const [i, change] of changes.entries()) steps.push(changeStep(change, `/changes/${i}`, context));
  for (const [i, pair] of pairs.entries()) steps.push(pairStep(pair, `/pairs/${i}`));
  for (const [key, rule] of Object.entries(labels)) steps.push(labelStep(key, rule, context));
  return steps;
}

/** Evaluates a rule; a text that no table knows is said and gives nothing. */
function evaluate(rule: CompiledRule, draft: Draft, record: JsonObject, base = ""): Found | undefined {
  const found = rule(record, base);
  if (found === undefined || "text" in found) return found;
  draft.warn(`unknown_code:${found.unknown}`);
  return undefined;
}

function fieldStep(field: Field, rule: Rule, context: RuleContext): Step {
  const pointer = pointerTo("/fields", field);
  const compiled = compileRule(rule, pointer, context);
  return (draft, record) => {
    const found = evaluate(compiled, draft, record);
    if (found === undefined) return;
    draft.explainAs(pointer);
    const [at] = found.from;
    if (found.isVerbatim && at !== undefined) draft.move(field, at);
    else draft.set(field, found.text, pointer, found.from);
  };
}

function targetStep(target: TargetRule, pointer: string, context: RuleContext): Step {
  const compile = (key: "type" | "id" | "name") =>
    target[key] === undefined ? undefined : compileRule(target[key], pointerTo(pointer, key), context);
  const [type, id, name] = [compile("type"), compile("id"), compile("name")];

  function place(draft: Draft, record: JsonObject, base: string): void {
    const find = (rule: CompiledRule | undefined) =>
      rule === undefined ? undefined : evaluate(rule, draft, record, base);
    const found = { type: find(type), id: find(id), name: find(name) };
    if (found.type === undefined || (found.id === undefined && found.name === undefined && (id ?? name) !== undefined))
      return;
    draft.explainAs(pointer);
    const parts = [found.id, found.name].filter((each) => each !== undefined);
    const [idAt] = found.id?.from ?? [];
    const [nameAt] = found.name?.from ?? [];
    if (parts.length > 0 && parts.every(({ isVerbatim }) => isVerbatim)) {
      draft.moveTarget({ type: found.type.text, ...(idAt && { id: idAt }), ...(nameAt && { name: nameAt }) });
    } else {
      const value = { type: found.type.text, id: found.id?.text, name: found.name?.text };
      draft.addTarget(
        value,
        [found.type, ...parts].flatMap(({ from }) => from),
      );
    }
  }

  return (draft, record) => {
    for (const base of basesOf(record, target.each)) place(draft, record, base);
  };
}

/** Where the rules with `each` stand: at every member, or at the record. */
function basesOf(record: JsonObject, each: string | undefined): readonly string[] {
  if (each === undefined) return [""];
  const list = readAt(record, each);
  return Array.isArray(list)
    ? list.map((_, i) => pointerTo(each, i))
    : list === undefined || list === null
      ? []
      : [each];
}

function changeStep(change: ChangeRule, pointer: string, context: RuleContext): Step {
  const compile = (key: "field" | "before" | "after") =>
    change[key] === undefined ? undefined : compileRule(change[key], pointerTo(pointer, key), context);
  const [field, before, after] = [compile("field"), compile("before"), compile("after")];
  return (draft, record) => {
    for (const base of basesOf(record, change.each)) {
      const find = (rule: CompiledRule | undefined) =>
        rule === undefined ? undefined : evaluate(rule, draft, record, base);
      const found = { field: find(field), before: find(before), after: find(after) };
      if (found.field === undefined || (found.before === undefined && found.after === undefined)) continue;
      draft.explainAs(pointer);
      const from = [found.before, found.after].flatMap((each) => (each === undefined ? [] : each.from));
      draft.addChange({ field: found.field.text, before: found.before?.value, after: found.after?.value }, from);
    }
  };
}

function pairStep(pair: PairRule, pointer: string): Step {
  const glob = compileOneStar(pair.before);
  return (draft, record) => {
    for (const beforeKey of Object.keys(record)) {
      const name = glob(beforeKey);
      if (name === undefined || name === "") continue;
      const afterKey = pair.after.replace("*", () => name);
      const hasAfter = Object.hasOwn(record, afterKey) && afterKey !== beforeKey;
      const from = [pointerTo("", beforeKey), ...(hasAfter ? [pointerTo("", afterKey)] : [])];
      draft.explainAs(pointer);
      const change = { field: afterKey, before: record[beforeKey], after: hasAfter ? record[afterKey] : undefined };
      if (draft.addChange(change, from) === "kept") draft.take(...from);
    }
  };
}

function labelStep(key: string, rule: Rule, context: RuleContext): Step {
  const compiled = compileRule(rule, pointerTo("/labels", key), context);
  return (draft, record) => {
    const found = evaluate(compiled, draft, record);
    if (found !== undefined) draft.label(key, found.text);
  };
}
