import type { FreeNode, QueryNode, TermNode } from "./ast.ts";
import { QueryError, type Span } from "./errors.ts";
import { type FieldName, fieldDefinition, fieldNames, findField, TIME_BOUNDS } from "./fields.ts";
import { member } from "./leaves.ts";
import { QUERY_LIMITS } from "./limits.ts";
import { toPhrase } from "./phrase.ts";
import { buildPredicate, requireWords, type TimeBound } from "./predicate.ts";
import { Scanner, type Written } from "./scanner.ts";
import { nearest } from "./suggest.ts";
import { countWildcards, isAnything, readValue } from "./value.ts";

export interface ParseOptions {
  /** The moment that `now` and relative times count from, Unix milliseconds. */
  readonly nowMs: number;
}

/**
 * Reads a query (docs/query-language.md). Time is linear in its length.
 * @throws QueryError and nothing else
 */
export function parseQuery(text: string, options: ParseOptions): QueryNode {
  if (text.length > QUERY_LIMITS.chars) {
    throw new QueryError(
      "too_long",
      `a query has at most ${QUERY_LIMITS.chars.toLocaleString("en")} characters; split it`,
      {
        offset: QUERY_LIMITS.chars,
        length: text.length - QUERY_LIMITS.chars,
      },
    );
  }
  return new Parser(text, options.nowMs).query();
}

/** The field whose values a parenthesis lists: `action:(a OR b)`. */
interface FieldContext {
  readonly name: FieldName;
  readonly path: string | undefined;
  readonly bound: TimeBound;
  readonly written: string;
}

/** Recursive descent over the grammar of docs/query-language.md; one method per rule. */
class Parser {
  private readonly scanner: Scanner;
  private readonly nowMs: number;
  private depth = 0;
  private terms = 0;
  private wildcards = 0;

  constructor(text: string, nowMs: number) {
    this.scanner = new Scanner(text);
    this.nowMs = nowMs;
  }

  query(): QueryNode {
    const { scanner } = this;
    scanner.skipSpace();
    if (scanner.peek() === "") return { kind: "all", span: { offset: 0, length: scanner.text.length } };
    const node = this.or(undefined);
    if (scanner.peek() === ")") {
      throw new QueryError(
        "parenthesis_unbalanced",
        "this parenthesis closes nothing: remove it, or quote it",
        this.here(),
      );
    }
    return node;
  }

  private or(field: FieldContext | undefined): QueryNode {
    const start = this.scanner.position;
    const children = [this.and(field)];
    while (this.scanner.takeWord("OR")) {
      this.scanner.skipSpace();
      children.push(this.and(field));
    }
    return this.join("or", children, start);
  }

  private and(field: FieldContext | undefined): QueryNode {
    const { scanner } = this;
    const start = scanner.position;
    const children = [this.not(field)];
    for (;;) {
      if (scanner.peek() === "" || scanner.peek() === ")" || scanner.isAtWord("OR")) break;
      if (scanner.takeWord("AND")) scanner.skipSpace();
      children.push(this.not(field));
    }
    return this.join("and", children, start);
  }

  private join(kind: "and" | "or", children: readonly QueryNode[], start: number): QueryNode {
    const [only] = children;
    return children.length === 1 && only !== undefined ? only : { kind, children, span: this.since(start) };
  }

  private not(field: FieldContext | undefined): QueryNode {
    const { scanner } = this;
    const start = scanner.position;
    const isNegated = scanner.takeWord("NOT") || (!this.isAtNegativeValue(field) && scanner.take("-"));
    if (!isNegated) return this.primary(field);
    scanner.skipSpace();
    this.enter(start);
    const child = this.not(field);
    this.depth--;
    return { kind: "not", child, span: this.since(start) };
  }

  /** Inside `details.x:( … )` a minus before a digit belongs to the number or distance. */
  private isAtNegativeValue(field: FieldContext | undefined): boolean {
    if (field === undefined || !/^-\d/.test(this.scanner.text.slice(this.scanner.position, this.scanner.position + 2)))
      return false;
    const { kind } = fieldDefinition(field.name);
    return kind === "number" || kind === "leaf" || kind === "time";
  }

  private primary(field: FieldContext | undefined): QueryNode {
    const { scanner } = this;
    const start = scanner.position;
    if (scanner.take("(")) return this.group(field, start);
    if (["", ")"].includes(scanner.peek()) || ["AND", "OR"].some((word) => scanner.isAtWord(word))) {
      throw new QueryError("unexpected", "a condition is missing here: write a word or field:value", this.here());
    }
    if (field !== undefined) return this.term(field, start);
    const name = scanner.field();
    if (name === undefined) return this.free();
    const context = this.resolve(name);
    if (scanner.take("(")) return this.group(context, start);
    return this.term(context, start);
  }

  private group(field: FieldContext | undefined, start: number): QueryNode {
    const { scanner } = this;
    this.enter(start);
    scanner.skipSpace();
    const node = this.or(field);
    this.depth--;
    if (!scanner.take(")")) {
      throw new QueryError("parenthesis_unbalanced", "this parenthesis is never closed: add a ), or quote it", {
        offset: start,
        length: 1,
      });
    }
    scanner.skipSpace();
    return node;
  }

  private resolve(name: { segments: string[]; written: string; offset: number }): FieldContext {
    const bound = name.segments.length === 1 ? TIME_BOUNDS[name.written.toLowerCase()] : undefined;
    if (bound !== undefined) return { name: "occurred_at", path: undefined, bound, written: name.written };
    const match = findField(name.segments);
    if (match === undefined) throw unknownField(name);
    const isLeaf = fieldDefinition(match.name).hasPath === true;
    const path = isLeaf ? match.path.reduce(member, match.name as string) : undefined;
    return { name: match.name, path, bound: undefined, written: name.written };
  }

  private term(field: FieldContext, start: number): TermNode {
    const { scanner } = this;
    const valueStart = scanner.position;
    const written = readValue(scanner);
    for (const value of written.kind === "one" ? [written.value] : [written.low, written.high]) this.count(value);
    this.countTerm(start);
    const predicate = buildPredicate(written, {
      name: field.name,
      label: field.written,
      bound: field.bound,
      nowMs: this.nowMs,
    });
    const node: TermNode = {
      kind: "term",
      field: field.name,
      path: field.path,
      predicate,
      written: { field: field.written, value: scanner.text.slice(valueStart, scanner.position) },
      span: this.since(start),
    };
    scanner.skipSpace();
    return node;
  }

  private free(): FreeNode | QueryNode {
    const { scanner } = this;
    const start = scanner.position;
    const value = scanner.isAt('"') ? scanner.quoted() : scanner.bare("");
    this.count(value);
    this.countTerm(start);
    const span = this.since(start);
    const written = scanner.text.slice(start, scanner.position);
    scanner.skipSpace();
    if (isAnything(value)) return { kind: "all", span };
    const phrase = requireWords(toPhrase(value.pieces, { isWhole: false }), value);
    return { kind: "free", phrase, written, span };
  }

  private count(value: Written | undefined): void {
    const wildcards = value === undefined ? 0 : countWildcards(value);
    this.wildcards += wildcards;
    if (value === undefined) return;
    if (wildcards > QUERY_LIMITS.wildcardsPerValue || this.wildcards > QUERY_LIMITS.wildcards) {
      throw new QueryError(
        "too_many_wildcards",
        `at most ${QUERY_LIMITS.wildcardsPerValue} wildcards in a value and ${QUERY_LIMITS.wildcards} in a query; write \\* for an asterisk`,
        { offset: value.offset, length: value.length },
      );
    }
  }

  private countTerm(start: number): void {
    if (++this.terms > QUERY_LIMITS.terms) {
      throw new QueryError(
        "too_many_terms",
        `a query has at most ${QUERY_LIMITS.terms} conditions; split it`,
        this.since(start),
      );
    }
  }

  private enter(start: number): void {
    if (++this.depth > QUERY_LIMITS.depth) {
      throw new QueryError("too_deep", `parentheses and NOT nest at most ${QUERY_LIMITS.depth} deep`, {
        offset: start,
        length: 1,
      });
    }
  }

  private here(): Span {
    return { offset: this.scanner.position, length: this.scanner.peek() === "" ? 0 : 1 };
  }

  private since(start: number): Span {
    return { offset: start, length: this.scanner.text.slice(start, this.scanner.position).trimEnd().length };
  }
}

function unknownField(name: { segments: string[]; written: string; offset: number }): QueryError {
  const suggestion = nearest(name.written, fieldNames());
  const hint = suggestion === undefined ? "" : `did you mean “${suggestion}”? `;
  return new QueryError(
    "unknown_field",
    `there is no field “${name.written}”; ${hint}(values of your own are under details.${name.segments[0]}; quote a word that holds a colon)`,
    { offset: name.offset, length: name.written.length, ...(suggestion === undefined ? {} : { suggestion }) },
  );
}
