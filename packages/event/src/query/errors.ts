import { CairnError } from "../model/errors.ts";

/** What exactly is wrong with a query. Stable: interfaces choose their help by it. */
export type QueryFault =
  | "empty_value"
  | "nothing_to_search"
  | "operator_not_supported"
  | "parenthesis_unbalanced"
  | "quote_unterminated"
  | "range_invalid"
  | "time_invalid"
  | "ip_invalid"
  | "number_invalid"
  | "too_deep"
  | "too_long"
  | "too_many_terms"
  | "too_many_wildcards"
  | "unexpected"
  | "unknown_field"
  | "unknown_value"
  | "wildcard_not_supported";

/** Where something stands in a query, in UTF-16 code units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** A query that cannot be understood: code `query_invalid`, with the fault, the place, and a sentence that says what to do. */
export class QueryError extends CairnError {
  readonly fault: QueryFault;
  /** What was probably meant, when there is a good guess. */
  readonly suggestion: string | undefined;

  constructor(fault: QueryFault, message: string, options: Span & { suggestion?: string }) {
    super("query_invalid", message, { offset: options.offset, length: options.length });
    this.name = "QueryError";
    this.fault = fault;
    this.suggestion = options.suggestion;
  }
}
