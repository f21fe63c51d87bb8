import Type, { type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;

/** Columns on a screen, and then some. */
const MAX_COLUMNS = 50;

const Time = Type.String({ maxLength: 40, pattern: "^\\d{4}-\\d\\d-\\d\\d(T|$)" });
const Content = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  q: optional(Type.String({ maxLength: 10_000, description: "Query; everything when absent." })),
  range: optional(
    Type.Union([
      Type.Enum(["24h", "7d", "30d", "12m", "all"]),
      Type.Object({ from: optional(Time), to: optional(Time) }, closed),
    ]),
  ),
  columns: optional(Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { minItems: 1, maxItems: MAX_COLUMNS })),
  sort: optional(Type.String({ minLength: 1, maxLength: 500 })),
  order: optional(Type.Enum(["asc", "desc"])),
  zone: optional(Type.String({ minLength: 1, maxLength: 100, description: "IANA time zone." })),
};

export const ViewSchema = Type.Object(
  { ...Content, shared: optional(Type.Boolean({ description: "Everybody of the tenant sees it; else only you." })) },
  closed,
);
export type ViewRequest = Static<typeof ViewSchema>;

export const DefaultViewSchema = Type.Object(
  {
    id: Type.Union([Type.String({ pattern: "^vew_[0-9a-z]{1,36}$" }), Type.Null()], {
      description: "A shared view, or null.",
    }),
  },
  closed,
);
export type DefaultView = Static<typeof DefaultViewSchema>;

export const ViewParams = Type.Object({ id: Type.String({ maxLength: 100 }) });
export type ViewId = Static<typeof ViewParams>;
