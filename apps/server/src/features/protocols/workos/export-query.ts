import { LIMITS, quoteValue } from "@cairn/event";
import Type, { type Static } from "typebox";
import type { ExportBody } from "../../exports/schema.ts";

const names = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.nameChars }), { maxItems: 100 }));

/** What WorkOS's clients ask to be exported. */
export const WorkosExportSchema = Type.Object({
  organization_id: Type.String({ minLength: 1, maxLength: 100 }),
  range_start: Type.String({ maxLength: 40, description: "Occurred at or after." }),
  range_end: Type.String({ maxLength: 40, description: "Occurred before." }),
  actions: names,
  actors: names,
  actor_names: names,
  actor_ids: names,
  targets: names,
});
export type WorkosExportBody = Static<typeof WorkosExportSchema>;

/** Writes WorkOS's filters in the query language: any of a list, all of the lists. */
export function exportBodyOf(asked: WorkosExportBody): ExportBody {
  const { actions, actors, actor_names: actorNames, actor_ids: actorIds, targets } = asked;
  const conditions = [
    // An action in the model's form, or as the product wrote it.
    anyOf(actions, (action) => `(action:${action} OR source_action:=${action})`),
    anyOf(actors, (name) => `actor.name:${name}`),
    anyOf(actorNames, (name) => `actor.name:${name}`),
    anyOf(actorIds, (id) => `actor.id:${id}`),
    anyOf(targets, (type) => `target.type:${type}`),
  ].filter((condition) => condition !== "");
  return {
    format: "csv",
    from: asked.range_start,
    to: asked.range_end,
    ...(conditions.length === 0 ? {} : { q: conditions.join(" ") }),
  };
}

function anyOf(values: readonly string[] | undefined, condition: (quoted: string) => string): string {
  if (values === undefined || values.length === 0) return "";
  return `(${values.map((value) => condition(quoteValue(value))).join(" OR ")})`;
}
