import type { Json } from "@cairn/event";
import type { ActionDefinitions } from "./catalog-file.ts";
import { typeOfSchema } from "./schema-types.ts";

/** Writes the TypeScript interface that `createCairn<Catalog>` takes: details of each action, by its JSON Schema. */
export function writeTypes(actions: ActionDefinitions): string {
  const members = Object.entries(actions)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, { description, details_schema, strict }]) => {
      const comment = description === undefined ? "" : `  /** ${description.replaceAll("*/", "* /")} */\n`;
      if (details_schema === undefined) return `${comment}  ${JSON.stringify(action)}: { readonly details?: unknown };`;
      // Only a strict action refuses events without details.
      const optional = strict === true ? "" : "?";
      const type = typeOfSchema(details_schema as Json);
      return `${comment}  ${JSON.stringify(action)}: { readonly details${optional}: ${type} };`;
    });
  return `// Written by \`cairn catalog types\`. Do not edit.\n\n/** The actions of the catalog, for \`createCairn<Catalog>\`. */\nexport interface Catalog {\n${members.join("\n")}\n}\n`;
}
