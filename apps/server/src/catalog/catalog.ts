import type { Database } from "@cairn/ledger";
import { Compile } from "typebox/schema";
import type { ActionDefinition, ActionInput } from "./definition.ts";

/** A definition with its schema compiled. */
export interface CatalogEntry {
  readonly definition: ActionDefinition;
  /** Tells whether details fit; undefined when the definition has no schema. */
  readonly fits: ((details: unknown) => boolean) | undefined;
}

/** The newest definition of every action of a project. */
export type Catalog = ReadonlyMap<string, CatalogEntry>;

/** Reads a project's catalog. */
export function readCatalog(db: Database, projectNo: number): Catalog {
  const rows = db.all<{ action: string; version: number; definition: string }>(
    "SELECT action, max(version) AS version, definition FROM actions WHERE project_no = ? GROUP BY action ORDER BY action",
    projectNo,
  );
  return new Map(
    rows.map((row) => [
      row.action,
      compileDefinition({ ...(JSON.parse(row.definition) as ActionInput), action: row.action, version: row.version }),
    ]),
  );
}

function compileDefinition(definition: ActionDefinition): CatalogEntry {
  if (definition.details_schema === undefined) return { definition, fits: undefined };
  const validator = Compile(definition.details_schema);
  return { definition, fits: (details) => validator.Check(details ?? {}) };
}
