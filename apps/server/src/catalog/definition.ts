import { LIMITS, VERBS } from "@cairn/event";
import Type, { type Static } from "typebox";

/** What a project's catalog says of one action. */
export const ActionDefinitionSchema = Type.Object(
  {
    category: Type.Optional(
      Type.String({ minLength: 1, maxLength: LIMITS.nameChars, description: "Category of events that name none." }),
    ),
    verb: Type.Optional(
      Type.Enum(VERBS as unknown as [(typeof VERBS)[number]], { description: "Verb of events that name none." }),
    ),
    description: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LIMITS.shortTextChars,
        description: "Sentence template: `{actor} opened {target}`, `{details.pages}`.",
      }),
    ),
    personal: Type.Optional(
      Type.Array(
        Type.String({
          pattern: "^/(details|description|changes|outcome/reason|labels|purpose|recipient)(/.*)?$",
          maxLength: 500,
        }),
        {
          maxItems: 100,
          description: "JSON Pointers of personal values: sealed so that they need every person of the event.",
        },
      ),
    ),
    person_targets: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.nameChars }), {
        maxItems: 100,
        description: "Target types of this action that are people.",
      }),
    ),
    details_schema: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: "JSON Schema of `details`." }),
    ),
    strict: Type.Optional(
      Type.Boolean({
        description: "Refuse events whose details do not fit; otherwise they are accepted with a warning.",
      }),
    ),
  },
  { additionalProperties: false, $id: "ActionDefinition" },
);

export type ActionInput = Static<typeof ActionDefinitionSchema>;

/** A stored definition. */
export type ActionDefinition = ActionInput & { readonly action: string; readonly version: number };
