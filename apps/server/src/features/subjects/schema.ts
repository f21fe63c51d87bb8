import { LIMITS } from "@cairn/event";
import Type, { type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;

/** People in one upload: bounds the time one request holds the directory. */
export const UPLOAD_SUBJECTS = 1_000;
const MAX_GROUPS = 100;
const MAX_IDENTIFIERS = 20;

const Namespace = Type.String({
  pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$",
  description: "`user`, `email`, `phone`, or the type of targets that are people, such as `patient`.",
});
const Value = Type.String({ minLength: 1, maxLength: LIMITS.emailChars });
const IdentifierSchema = Type.Object({ namespace: Namespace, value: Value }, closed);

const Said = {
  name: optional(Type.String({ minLength: 1, maxLength: LIMITS.nameChars })),
  groups: optional(
    Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.nameChars }), {
      maxItems: MAX_GROUPS,
      description: "All groups that the person is in from then on.",
    }),
  ),
  identifiers: optional(
    Type.Array(IdentifierSchema, { maxItems: MAX_IDENTIFIERS, description: "What else the same person is known by." }),
  ),
  at: optional(
    Type.String({ maxLength: 40, description: "Since when it holds, RFC 3339; from now on when absent. Not to come." }),
  ),
};

export const SubjectNameParams = Type.Object({ namespace: Namespace, value: Value });
export type SubjectName = Static<typeof SubjectNameParams>;
export const SaidSchema = Type.Object(Said, closed);
export type Said = Static<typeof SaidSchema>;

export const UploadSchema = Type.Object(
  {
    subjects: Type.Array(Type.Object({ namespace: Namespace, value: Value, ...Said }, closed), {
      minItems: 1,
      maxItems: UPLOAD_SUBJECTS,
    }),
  },
  closed,
);
export type Upload = Static<typeof UploadSchema>;
export const UploadQuery = Type.Object(
  {
    preview: optional(
      Type.Boolean({
        description: "Tell what would change, and change nothing. Needs `events:read`, too: it names names.",
      }),
    ),
  },
  closed,
);
export type UploadOptions = Static<typeof UploadQuery>;

export const ListSchema = Type.Object(
  {
    q: optional(
      Type.String({
        maxLength: 500,
        description: "Part of a name, an address or an identifier, or the beginning of a reference.",
      }),
    ),
    limit: optional(Type.Integer({ minimum: 1, maximum: 200, description: "50 when absent." })),
    cursor: optional(Type.String({ maxLength: 4_000, description: "`next` of the page before." })),
  },
  closed,
);
export type List = Static<typeof ListSchema>;

export const RefParams = Type.Object({ ref: Type.String({ maxLength: 100 }) });
export type Ref = Static<typeof RefParams>;

export const SameParams = Type.Object({ ref: Type.String({ maxLength: 100 }), other: Type.String({ maxLength: 100 }) });
export type Same = Static<typeof SameParams>;
