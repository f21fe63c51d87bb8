import type { Span } from "./errors.ts";
import type { FieldName } from "./fields.ts";
import type { IpRange } from "./ip.ts";
import type { Glob } from "./pattern.ts";
import type { Phrase } from "./phrase.ts";

/** A query, understood. Positions are UTF-16 offsets in the text it was read from. */
export type QueryNode = AllNode | AndNode | OrNode | NotNode | TermNode | FreeNode;

/** Every event: the empty query. */
export interface AllNode {
  readonly kind: "all";
  readonly span: Span;
}

export interface AndNode {
  readonly kind: "and";
  readonly children: readonly QueryNode[];
  readonly span: Span;
}

export interface OrNode {
  readonly kind: "or";
  readonly children: readonly QueryNode[];
  readonly span: Span;
}

export interface NotNode {
  readonly kind: "not";
  readonly child: QueryNode;
  readonly span: Span;
}

/** A condition on one field. */
export interface TermNode {
  readonly kind: "term";
  readonly field: FieldName;
  /** Of a leaf field the whole folded path: `details.record_count`. */
  readonly path: string | undefined;
  readonly predicate: Predicate;
  /** Field and value as they are written back. */
  readonly written: { readonly field: string; readonly value: string };
  readonly span: Span;
}

/** Words looked for everywhere. */
export interface FreeNode {
  readonly kind: "free";
  readonly phrase: Phrase;
  readonly written: string;
  readonly span: Span;
}

/** What a field's value must be. Which of these a field takes follows from its kind. */
export type Predicate =
  | { readonly op: "exists" }
  /** keyword, ref: the whole value (`ref`: not folded). */
  | { readonly op: "whole"; readonly glob: Glob }
  /** text and leaf: words; a leaf holding a number is compared with `number`, when the value written is one. */
  | { readonly op: "words"; readonly phrase: Phrase; readonly number: number | undefined }
  /** person: identifiers by the whole value, names by words; a part is absent where the field has no such values. */
  | { readonly op: "person"; readonly glob: Glob | undefined; readonly phrase: Phrase | undefined }
  /** number, leaf: an interval. */
  | { readonly op: "number"; readonly low: NumberBound | undefined; readonly high: NumberBound | undefined }
  /** time: from `fromMs` on and before `toMs`, Unix milliseconds. */
  | { readonly op: "time"; readonly fromMs: number | undefined; readonly toMs: number | undefined }
  | ({ readonly op: "ip" } & IpRange);

export interface NumberBound {
  readonly value: number;
  readonly isInclusive: boolean;
}

/** Visits every condition of a query. */
export function eachCondition(node: QueryNode, visit: (condition: TermNode | FreeNode) => void): void {
  if (node.kind === "and" || node.kind === "or") for (const child of node.children) eachCondition(child, visit);
  else if (node.kind === "not") eachCondition(node.child, visit);
  else if (node.kind !== "all") visit(node);
}
