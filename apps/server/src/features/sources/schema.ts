import Type, { type Static } from "typebox";
import { SOURCE_KINDS, type SourceKindName } from "../../sources/kinds.ts";

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;
const Name = Type.String({ minLength: 1, maxLength: 200 });
const KINDS = Object.keys(SOURCE_KINDS) as [SourceKindName];
const Settings = Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), {
  description: "By kind: `GET /v1/sources/kinds` has the schemas.",
});
const Secrets = Type.Record(Type.String({ maxLength: 60 }), Type.String({ minLength: 1, maxLength: 8_000 }), {
  ...{ maxProperties: 10, description: "What the other side wants, by name. Never shown again; absent: as it was." },
});
/** As much of a log as somebody pastes to see what becomes of it. */
const Sample = Type.String({ minLength: 1, maxLength: 256 * 1_024 });

export const SourceParams = Type.Object({ id: Type.String({ maxLength: 100 }) });
export type SourceId = Static<typeof SourceParams>;

export const NewSourceSchema = Type.Object(
  {
    kind: Type.Enum(KINDS),
    name: Name,
    enabled: optional(Type.Boolean()),
    settings: optional(Settings),
    secrets: optional(Secrets),
  },
  closed,
);
export type NewSource = Static<typeof NewSourceSchema>;

export const SourceChangeSchema = Type.Object(
  {
    name: optional(Name),
    enabled: optional(Type.Boolean()),
    settings: optional(Settings),
    secrets: optional(Secrets),
  },
  closed,
);
export type SourceChange = Static<typeof SourceChangeSchema>;

export const PreviewSchema = Type.Object({ definition: Type.Unknown(), sample: Sample }, closed);
export type Preview = Static<typeof PreviewSchema>;

export const TestSchema = Type.Object(
  { sample: optional(Type.String({ ...Sample, description: "Of a webhook: a body as it would be sent." })) },
  closed,
);
export type Test = Static<typeof TestSchema>;

export const RejectsSchema = Type.Object(
  {
    limit: optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    cursor: optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
  },
  closed,
);
export type RejectsQuery = Static<typeof RejectsSchema>;
