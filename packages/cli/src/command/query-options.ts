import type { OptionSpecs } from "./option.ts";

/** Options that choose events by time, for every command that has a query. */
export const RANGE_OPTIONS = {
  from: { kind: "text", placeholder: "TIME", description: "occurred at this time or later (RFC 3339)" },
  to: { kind: "text", placeholder: "TIME", description: "occurred before this time" },
} as const satisfies OptionSpecs;

/** Takes the query from the arguments: several words are one query. */
export function queryOf(positionals: readonly string[]): { readonly q?: string } {
  const q = positionals.join(" ").trim();
  return q === "" ? {} : { q };
}

/** Takes the range of time from the options. */
export function rangeOf(values: { readonly from: string | undefined; readonly to: string | undefined }): {
  readonly from?: string;
  readonly to?: string;
} {
  const { from, to } = values;
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
