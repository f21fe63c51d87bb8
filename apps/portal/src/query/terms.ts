import { findField, formatQuery, parseQuery, QueryError, type QueryNode, type TermNode } from "@cairn/event";
import { writeTerm } from "../event/filter-term.ts";

/** A value that a query asks for, or leaves out, by a condition of its own. */
export interface Choice {
  readonly value: string;
  readonly sign: "include" | "exclude";
}

/** What a query says of a field: values asked for and left out, where it says so in a way that clicks could have. */
export function choicesOf(query: string, field: string): readonly Choice[] {
  return partsOf(query).flatMap(({ node }) => {
    const { terms, sign } = choiceTerms(node, field);
    return terms.map((term) => ({ value: plainValue(term), sign }));
  });
}

/** The query without its conditions on a field, so that the other values can be counted, too. */
export function withoutField(query: string, field: string): string {
  return joined(partsOf(query).filter(({ node }) => choiceTerms(node, field).terms.length === 0));
}

/** Asks for a value besides those asked for already; asked for before, it is taken out again. */
export function toggleValue(query: string, field: string, value: string): string {
  const parts = partsOf(query);
  if (parts.length === 0 && query.trim() !== "") return query;
  const chosen = choicesOf(query, field).filter(({ sign }) => sign === "include");
  const values = chosen.some((choice) => isSame(choice.value, value))
    ? chosen.filter((choice) => !isSame(choice.value, value)).map((choice) => choice.value)
    : [...chosen.map((choice) => choice.value), value];
  const others = parts.filter(({ node }) => {
    const { terms, sign } = choiceTerms(node, field);
    return !(terms.length > 0 && (sign === "include" || terms.some((term) => isSame(plainValue(term), value))));
  });
  return joined([...others, ...writeChoices(field, values)]);
}

/** Leaves a value out; left out before, it may come again. */
export function toggleExclusion(query: string, field: string, value: string): string {
  const parts = partsOf(query);
  if (parts.length === 0 && query.trim() !== "") return query;
  const isOut = choicesOf(query, field).some((choice) => choice.sign === "exclude" && isSame(choice.value, value));
  const others = parts.filter(({ node }) => {
    const { terms } = choiceTerms(node, field);
    return !terms.some((term) => isSame(plainValue(term), value));
  });
  return joined(isOut ? others : [...others, { text: `-${writeTerm(field, value)}` }]);
}

interface Part {
  readonly text: string;
}

/** The conditions of a query that all have to hold, as they are written. */
function partsOf(query: string): readonly (Part & { readonly node: QueryNode })[] {
  try {
    const node = parseQuery(query, { nowMs: 0 });
    if (node.kind === "all") return [];
    const children = node.kind === "and" ? node.children : [node];
    return children.map((child) => ({ node: child, text: textOf(query, child) }));
  } catch (error) {
    if (error instanceof QueryError) return [];
    throw error;
  }
}

/** OR binds loosest: beside other conditions it needs parentheses, which are no part of its span. */
function textOf(query: string, node: QueryNode): string {
  if (node.kind === "or" || node.kind === "and") return `(${formatQuery(node)})`;
  return query.slice(node.span.offset, node.span.offset + node.span.length);
}

function choiceTerms(
  node: QueryNode,
  field: string,
): { readonly terms: readonly TermNode[]; readonly sign: Choice["sign"] } {
  if (node.kind === "not") return { terms: ownTerms(node.child, field), sign: "exclude" };
  return { terms: ownTerms(node, field), sign: "include" };
}

/** The terms of a condition, where it is nothing but values of the field. */
function ownTerms(node: QueryNode, field: string): readonly TermNode[] {
  if (node.kind === "or") {
    const terms = node.children.map((child) => ownTerms(child, field));
    return terms.every(({ length }) => length === 1) ? terms.flat() : [];
  }
  const name = findField(field.split("."))?.name;
  const isOwn = node.kind === "term" && node.field === name && node.path === undefined && isWhole(node);
  return isOwn ? [node] : [];
}

function isWhole({ written }: TermNode): boolean {
  return /^(?:"(?:[^"\\]|\\.)*"|[^*?\\<>=[\s]+)$/.test(written.value.trim());
}

function plainValue({ written }: TermNode): string {
  const text = written.value.trim();
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function writeChoices(field: string, values: readonly string[]): readonly Part[] {
  const [only] = values;
  if (only === undefined) return [];
  if (values.length === 1) return [{ text: writeTerm(field, only) }];
  const written = values.map((value) => writeTerm(field, value).slice(field.length + 1));
  return [{ text: `${field}:(${written.join(" OR ")})` }];
}

function joined(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join(" ");
}
