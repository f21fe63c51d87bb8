import {
  FIELDS,
  type FieldKind,
  type FieldName,
  fieldDefinition,
  findField,
  quoteValue,
  TIME_BOUNDS,
} from "@cairn/event";

/** What is being written where the cursor stands. */
export type Gap =
  /** The name of a field, or a word. */
  | { readonly kind: "field"; readonly from: number; readonly to: number; readonly written: string }
  /** The value of a field; `rest` is the query without this condition. */
  | {
      readonly kind: "value";
      readonly from: number;
      readonly to: number;
      readonly written: string;
      /** As it is written: `actor`, `details.pages`. */
      readonly name: string;
      readonly field: FieldName | "after" | "before";
      readonly rest: string;
    };

/** A thing that could be written there. */
export interface Completion {
  /** What takes the place of what is written. */
  readonly insert: string;
  readonly label: string;
  /** What it is, in a few words; a number of events, as text. */
  readonly detail: string;
}

const FIELD_PART = /^([A-Za-z_][A-Za-z0-9_-]*(?:\.(?:"(?:[^"\\]|\\.)*"|[^\s:()"\\.]+))*):/;
const MAX_COMPLETIONS = 50;

/** Finds out what is being written at a cursor. */
export function gapAt(text: string, cursor: number): Gap {
  const start = tokenStart(text, cursor);
  const to = tokenEnd(text, cursor);
  const token = text.slice(start, cursor);
  const sign = /^-(?=\D|$)/.test(token) ? 1 : 0;
  const named = FIELD_PART.exec(token.slice(sign));
  if (named?.[1] !== undefined) {
    const from = start + sign + named[0].length;
    const comparison = /^(?:[<>]=?|=)/.exec(text.slice(from, cursor))?.[0].length ?? 0;
    return valueGap(text, { name: named[1], from: from + comparison, to, tokenFrom: start, cursor });
  }
  const group = openGroup(text.slice(0, start));
  if (group !== undefined) return valueGap(text, { name: group, from: start, to, tokenFrom: start, cursor });
  return { kind: "field", from: start + sign, to, written: text.slice(start + sign, cursor) };
}

interface ValuePlace {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly tokenFrom: number;
  readonly cursor: number;
}

function valueGap(text: string, { name, from, to, tokenFrom, cursor }: ValuePlace): Gap {
  const bound = TIME_BOUNDS[name.toLowerCase()];
  const field = bound ?? findField(name.split("."))?.name;
  const written = text.slice(from, cursor);
  if (field === undefined) return { kind: "field", from: tokenFrom, to, written: text.slice(tokenFrom, cursor) };
  const rest = `${text.slice(0, tokenFrom).trimEnd()} ${text.slice(to).trimStart()}`.trim();
  return { kind: "value", from, to, written, name, field, rest };
}

function tokenStart(text: string, cursor: number): number {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < cursor; at++) {
    const character = text.charAt(at);
    if (character === "\\") at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /[\s()]/.test(character)) start = at + 1;
  }
  return start;
}

function tokenEnd(text: string, cursor: number): number {
  const isQuoted = (text.slice(tokenStart(text, cursor), cursor).match(/"/g)?.length ?? 0) % 2 === 1;
  const rest = /^[^\s()"]*/.exec(text.slice(cursor))?.[0].length ?? 0;
  const quote = isQuoted && text.charAt(cursor + rest) === '"' ? 1 : 0;
  return cursor + rest + quote;
}

/** The field whose values an open parenthesis lists: `action:(login OR `. */
function openGroup(before: string): string | undefined {
  const open: (string | undefined)[] = [];
  for (const [sign] of before.matchAll(/"(?:[^"\\]|\\.)*"|(?:[A-Za-z_][\w.-]*:)?\(|\)/g)) {
    if (sign === ")") open.pop();
    else if (sign.endsWith("(")) open.push(sign === "(" ? open.at(-1) : sign.slice(0, -2));
  }
  return open.at(-1);
}

/** Names of fields and operators that begin with, or hold, what is written. */
export function completeField(written: string, describe: (field: string) => string): readonly Completion[] {
  const prefix = written.toLowerCase();
  if (/["*?\\]/.test(prefix)) return [];
  const names = [...Object.keys(FIELDS), "after", "before"];
  const found = rank(names, prefix).map((name) => {
    const takesPath = name === "details" || name === "labels";
    return { insert: takesPath ? `${name}.` : `${name}:`, label: name, detail: describe(name) };
  });
  return found.slice(0, MAX_COMPLETIONS);
}

/** Values that a field can have without asking anybody: those the model lists, and moments. */
export function knownValues(field: FieldName | "after" | "before"): readonly string[] | undefined {
  if (field === "after" || field === "before" || kindOf(field) === "time")
    return ["today", "yesterday", "-1h", "-24h", "-7d", "-30d", "-12M"];
  return fieldDefinition(field).values;
}

/** Tells whether the server can say which values of a field are frequent. */
export function hasCountedValues(field: FieldName | "after" | "before"): field is FieldName {
  if (field === "after" || field === "before") return false;
  const kind = kindOf(field);
  if (kind === "time" || kind === "number" || kind === "ref") return false;
  return !UNCOUNTED.has(field) && (kind !== "person" || field === "actor" || field === "target");
}

/** So many different values that the most frequent ones say nothing. */
const UNCOUNTED: ReadonlySet<FieldName> = new Set(["id", "request", "trace", "parent", "description", "user_agent"]);

function kindOf(field: FieldName): FieldKind {
  return fieldDefinition(field).kind;
}

/** Values that begin with, or hold, what is written, as conditions are written. */
export function completeValues(
  written: string,
  values: readonly {
    readonly value: string;
    readonly label?: string;
    readonly detail: string;
    readonly insert?: string;
  }[],
): readonly Completion[] {
  const prefix = written.replace(/^"/, "").toLowerCase();
  const labelled = new Map(values.map((each) => [each.label ?? each.value, each]));
  return rank([...labelled.keys()], prefix)
    .slice(0, MAX_COMPLETIONS)
    .flatMap((label) => {
      const each = labelled.get(label);
      return each === undefined
        ? []
        : [{ insert: `${each.insert ?? writeValue(each.value)} `, label, detail: each.detail }];
    });
}

/** Writes a value so that a query reads it as it is. */
export function writeValue(value: string): string {
  return /^[\p{L}\p{N}_+-][\p{L}\p{N}_.@/:+-]*$/u.test(value) && !/^(?:AND|OR|NOT|TO)$/.test(value)
    ? value
    : quoteValue(value);
}

/** Those that begin with the text first, then those that have a part that does; nothing that is written in full already. */
function rank(names: readonly string[], prefix: string): readonly string[] {
  if (prefix === "") return names;
  const lower = names.map((name) => ({ name, text: name.toLowerCase() }));
  const begins = lower.filter(({ text }) => text.startsWith(prefix));
  const holds = lower.filter(
    ({ text }) => !text.startsWith(prefix) && text.split(/[\s._@:-]+/).some((part) => part.startsWith(prefix)),
  );
  return [...begins, ...holds].map(({ name }) => name);
}
