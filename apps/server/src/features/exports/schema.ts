import Type, { type Static } from "typebox";
import { COMPRESSIONS, EXPORT_FORMATS } from "../../exports/export-request.ts";
import { EXPORT_LIMITS } from "../../exports/limits.ts";

const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  Type.Enum(values as unknown as [T[number], ...T[number][]], { description });

export const ExportSchema = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 10_000, description: "Query; all events when absent." })),
    from: Type.Optional(Type.String({ maxLength: 40, description: "Occurred at or after, RFC 3339." })),
    to: Type.Optional(Type.String({ maxLength: 40, description: "Occurred before, RFC 3339." })),
    format: oneOf(EXPORT_FORMATS, "`evidence` is a tar of a bundle that verifies offline."),
    columns: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: EXPORT_LIMITS.columns,
        description: "CSV only: names of fields, `details.pages` and the like; docs/exports.md lists them.",
      }),
    ),
    sort: Type.Optional(
      Type.String({ maxLength: 200, description: "Any field of the query language; `occurred_at` when absent." }),
    ),
    order: Type.Optional(oneOf(["asc", "desc"], "`desc` when absent.")),
    tz: Type.Optional(
      Type.String({
        maxLength: 100,
        description: "IANA time zone of dates in CSV and in the file's name; UTC when absent.",
      }),
    ),
    raw: Type.Optional(Type.Boolean({ description: "CSV only: do not guard cells that look like formulas." })),
    compact: Type.Optional(
      Type.Boolean({ description: "Evidence only: proofs of the chosen events instead of the whole log." }),
    ),
    compress: Type.Optional(oneOf(COMPRESSIONS, "Compress the file; not for Parquet, which is compressed already.")),
  },
  { additionalProperties: false },
);
export type ExportBody = Static<typeof ExportSchema>;

export const ExportParams = Type.Object({ id: Type.String({ maxLength: 100 }) });
