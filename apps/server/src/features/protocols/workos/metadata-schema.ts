import { LIMITS } from "@cairn/event";
import Type, { type Static } from "typebox";
import type { ActionInput } from "../../../catalog/definition.ts";

const Metadata = Type.Object(
  {
    type: Type.Optional(Type.Enum(["object"])),
    properties: Type.Record(
      Type.String({ maxLength: LIMITS.nameChars }),
      Type.Object({ type: Type.Enum(["string", "number", "boolean"]) }),
      { maxProperties: 50 },
    ),
  },
  { description: "A JSON Schema of flat metadata." },
);

/** A schema of WorkOS, as its clients send it. */
export const WorkosSchema = Type.Object({
  actor: Type.Optional(Type.Object({ metadata: Metadata })),
  targets: Type.Array(
    Type.Object({
      type: Type.String({ minLength: 1, maxLength: LIMITS.nameChars }),
      metadata: Type.Optional(Metadata),
    }),
    { maxItems: LIMITS.targets },
  ),
  metadata: Type.Optional(Metadata),
});
export type WorkosSchemaBody = Static<typeof WorkosSchema>;

/** Where a definition of the catalog keeps what WorkOS was told: nobody else's validators look at it. */
const KEPT = "x-workos";

/** Writes WorkOS's schema as what the catalog has for it: a JSON Schema of where the mapping puts metadata. */
export function definitionOf(schema: WorkosSchemaBody): Pick<ActionInput, "details_schema"> {
  const { actor, metadata } = schema;
  const event = {
    ...(metadata === undefined ? {} : { metadata }),
    ...(actor === undefined ? {} : { actor: { type: "object", properties: { metadata: actor.metadata } } }),
  };
  return {
    details_schema: { type: "object", properties: { event: { type: "object", properties: event } }, [KEPT]: schema },
  };
}

/** Gives back what WorkOS was told, if it was. */
export function workosSchemaOf({ details_schema: schema }: ActionInput): WorkosSchemaBody | undefined {
  return schema?.[KEPT] as WorkosSchemaBody | undefined;
}
