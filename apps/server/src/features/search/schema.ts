import Type, { type Static } from "typebox";

/** Longest query text a request may carry; the language has a limit of its own, in characters. */
const text = (description: string) => Type.Optional(Type.String({ maxLength: 10_000, description }));

const Scope = {
  q: text("Query; docs/query-language.md describes the language."),
  from: text("Occurred at or after, RFC 3339."),
  to: text("Occurred before, RFC 3339."),
};

export const SearchSchema = Type.Object(
  {
    ...Scope,
    sort: text("Any field of the query language; `occurred_at` when absent."),
    order: Type.Optional(Type.Enum(["asc", "desc"], { description: "`desc` when absent." })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: "50 when absent." })),
    cursor: text("`next` of the page before."),
    total: Type.Optional(Type.Boolean({ description: "Count the matches, up to 10,000." })),
  },
  { additionalProperties: false },
);
export type SearchRequest = Static<typeof SearchSchema>;

export const FacetsSchema = Type.Object(
  {
    ...Scope,
    fields: Type.Optional(
      Type.String({ maxLength: 1_000, description: "Comma separated; action, category, actor, outcome when absent." }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: "Values of each field; 10 when absent." }),
    ),
  },
  { additionalProperties: false },
);
export type FacetsRequest = Static<typeof FacetsSchema>;

export const HistogramSchema = Type.Object(
  {
    ...Scope,
    interval: Type.Optional(
      Type.Enum(["auto", "minute", "hour", "day", "week", "month"], { description: "`auto` when absent." }),
    ),
    tz: text("IANA time zone; UTC when absent."),
  },
  { additionalProperties: false },
);
export type HistogramRequest = Static<typeof HistogramSchema>;
