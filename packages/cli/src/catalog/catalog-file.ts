import { readFile } from "node:fs/promises";
import type { ActionDefinition, Catalog } from "@cairn/sdk";
import { CliFailure } from "../command/failure.ts";
import { asObject, type JsonObject } from "../files/json-values.ts";

/** A catalog as it is kept in a file, beside the code that logs: `{"actions": {"document.viewed": {…}}}`. */
export type ActionDefinitions = Readonly<Record<string, ActionDefinition>>;

/** Reads a catalog file. Throws `CliFailure` when it is none; what a definition may hold is for the server to say. */
export async function readCatalogFile(path: string): Promise<ActionDefinitions> {
  let file: JsonObject | undefined;
  try {
    file = asObject(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliFailure(`${path} is not JSON: ${error.message}`, { cause: error });
    throw error;
  }
  const actions = asObject(file?.actions);
  if (actions === undefined) throw new CliFailure(`${path} has no "actions" object`);
  const bad = Object.keys(actions).find((action) => asObject(actions[action]) === undefined);
  if (bad !== undefined) throw new CliFailure(`${path}: the definition of ${bad} is not an object`);
  return actions as unknown as ActionDefinitions;
}

/** Turns the server's catalog into what is kept in a file: in order, without what only the server knows. */
export function definitionsOf(catalog: Catalog): ActionDefinitions {
  const sorted = catalog.actions.toSorted((a, b) => (a.action < b.action ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ action, version: _version, first_seen_at: _first, last_seen_at: _last, ...definition }) => [
      action,
      definition,
    ]),
  );
}

/** Writes a catalog file. */
export function formatCatalogFile(actions: ActionDefinitions): string {
  return `${JSON.stringify({ actions }, null, 2)}\n`;
}
