import { type Json, type Verb, verbOfAction } from "@cairn/event";
import { actionOf, snakeCase } from "../core/action-name.ts";
import { asArray, asObject, member, textOrNumber } from "../core/json-values.ts";
import { pointerTo, readAt } from "../core/leftovers.ts";
import { SourceError } from "../core/source-error.ts";
import type { Rule, Steps, Table } from "./definition.ts";
import { compileTable, type LookUp } from "./value-table.ts";

/** What a rule found. */
export interface Found {
  readonly text: string;
  /** The value itself, for changes, which hold any JSON. */
  readonly value: Json;
  /** Pointers into the record that it came from. */
  readonly from: readonly string[];
  /** Whether the text is what stands at the one pointer, word for word. */
  readonly isVerbatim: boolean;
}

/** Evaluates a rule; `base` is the pointer of the member that `each` stands at, or empty. */
export type CompiledRule = (record: Json, base: string) => Found | { readonly unknown: string } | undefined;

export interface RuleContext {
  readonly tables: Readonly<Record<string, LookUp>>;
}

/** Compiles a rule. @throws SourceError definition_invalid with its pointer */
export function compileRule(rule: Rule, pointer: string, context: RuleContext): CompiledRule {
  if ("constant" in rule) {
    const { constant } = rule;
    return () => ({ text: constant, value: constant, from: [], isVerbatim: false });
  }
  if ("first" in rule) {
    const rules = rule.first.map((each, i) => compileRule(each, pointerTo(pointerTo(pointer, "first"), i), context));
    return (record, base) => {
      let unknown: { readonly unknown: string } | undefined;
      for (const each of rules) {
        const found = each(record, base);
        if (found !== undefined && "text" in found) return found;
        unknown ??= found;
      }
      return unknown;
    };
  }
  const steps = compileSteps(rule, pointer, context);
  const find =
    "from" in rule
      ? findFrom(rule.from)
      : "template" in rule
        ? compileTemplate(rule.template, pointerTo(pointer, "template"))
        : findNamed(rule.find);
  return (record, base) => {
    const found = find(record, base);
    return found === undefined ? undefined : steps(found);
  };
}

type Finder = (record: Json, base: string) => Found | undefined;

function findFrom(from: string | readonly string[]): Finder {
  const pointers = typeof from === "string" ? [from] : from;
  return (record, base) => {
    for (const pointer of pointers) {
      const found = foundAt(record, base + pointer);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function foundAt(record: Json, pointer: string): Found | undefined {
  const value = readAt(record, pointer);
  if (value === undefined || value === null || value === "") return undefined;
  const text = textOrNumber(value) ?? JSON.stringify(value);
  return { text, value, from: [pointer], isVerbatim: typeof value === "string" || typeof value === "number" };
}

const PLACE = /\{((?:\/[^{}]*)?)\}/g;

/** Compiles `{/a}:{/b}`. */
export function compileTemplate(template: string, pointer: string): Finder {
  const literals: string[] = [];
  const pointers: string[] = [];
  let at = 0;
  for (const match of template.matchAll(PLACE)) {
    literals.push(template.slice(at, match.index));
    pointers.push(match[1] ?? "");
    at = match.index + match[0].length;
  }
  literals.push(template.slice(at));
  if (pointers.length === 0) throw new SourceError("definition_invalid", "a template has a `{/pointer}`", { pointer });
  return (record, base) => {
    const found = pointers.map((each) => foundAt(record, base + each));
    if (found.every((each) => each === undefined)) return undefined;
    const text = literals.map((literal, i) => literal + (found[i]?.text ?? "")).join("");
    const from = found.flatMap((each) => each?.from ?? []);
    return { text, value: text, from, isVerbatim: false };
  };
}

function findNamed(find: {
  readonly list: string;
  readonly key: string;
  readonly equals: string;
  readonly value: readonly string[];
}): Finder {
  return (record, base) => {
    const at = base + find.list;
    const index = asArray(readAt(record, at)).findIndex((each) => member(each, find.key) === find.equals);
    if (index === -1) return undefined;
    const names = find.value.map((name) => pointerTo(pointerTo(at, index), name));
    for (const pointer of names) {
      const found = foundAt(record, pointer);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

type Stepper = (found: Found) => Found | { readonly unknown: string };

function compileSteps(steps: Steps, pointer: string, context: RuleContext): Stepper {
  const change = steps.as === undefined ? undefined : CHANGES[steps.as];
  const lookUp = steps.table === undefined ? undefined : tableOf(steps.table, pointerTo(pointer, "table"), context);
  if (lookUp === undefined && steps.otherwise !== undefined) {
    throw new SourceError("definition_invalid", "`otherwise` goes with a `table`", {
      pointer: pointerTo(pointer, "otherwise"),
    });
  }
  if (change === undefined && lookUp === undefined) return (found) => found;
  return (found) => {
    const changed = change === undefined ? found.text : change(found.text);
    const text = lookUp === undefined ? changed : (lookUp(changed) ?? steps.otherwise);
    return text === undefined ? { unknown: changed } : { text, value: text, from: found.from, isVerbatim: false };
  };
}

function tableOf(table: string | Table, pointer: string, { tables }: RuleContext): LookUp {
  if (typeof table !== "string") return compileTable(table, pointer);
  const named = Object.hasOwn(tables, table) ? tables[table] : undefined;
  if (named === undefined)
    throw new SourceError("definition_invalid", `there is no table ${JSON.stringify(table)}`, { pointer });
  return named;
}

const CHANGES: Readonly<Record<NonNullable<Steps["as"]>, (text: string) => string>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  words: snakeCase,
  action: actionOf,
  verb: verbOfText,
};

/** Finds the first word of a sentence that names a verb: "Jane deleted the survey" is a deletion. */
function verbOfText(text: string): Verb {
  for (const word of text.toLowerCase().split(/[^a-z_]+/, MAX_WORDS)) {
    const verb = verbOfAction(word);
    if (verb !== "other") return verb;
  }
  return "other";
}

const MAX_WORDS = 100;

/** Gives the members of a list, or a single object as a list of one. */
export function membersOf(value: Json | undefined): readonly Json[] {
  return asObject(value) === undefined ? asArray(value) : [value as Json];
}
