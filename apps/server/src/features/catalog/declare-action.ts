import { CairnError } from "@cairn/event";
import type { Project } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import { Compile } from "typebox/schema";
import { changedFields, changedFrom, perform } from "../../access/change-log.ts";
import type { Principal } from "../../access/principal.ts";
import { readCatalog } from "../../catalog/catalog.ts";
import type { ActionDefinition, ActionInput } from "../../catalog/definition.ts";
import type { ServerContext } from "../../context.ts";

/** Who declares an action, by which request, in whose catalog. */
export interface Declaring {
  readonly principal: Principal;
  readonly request: FastifyRequest;
  readonly project: Project;
}

/** Puts an action into the catalog and records that; the answer has the version it got. @throws CairnError parameter_invalid */
export async function declareAction(
  context: ServerContext,
  { principal, request, project }: Declaring,
  definition: ActionDefinition,
): Promise<ActionDefinition> {
  const { action } = definition;
  const before = readCatalog(context.side.db, project.no).get(action)?.definition;
  checkDetailsSchema(definition.details_schema);
  const stored = await context.threads.writer.call("putAction", { projectNo: project.no, action, definition });
  for (const thread of context.threads.ingest) thread.tell("refresh", undefined);
  if (stored.version !== before?.version)
    await perform(
      context,
      { principal, request },
      {
        tenant: changedFrom(context, principal),
        access: [],
        action: "action.declared",
        category: "settings",
        target: { type: "action", id: stored.action },
        changes: changedFields({ ...before }, stored),
      },
    );
  return stored;
}

function checkDetailsSchema(schema: ActionInput["details_schema"]): void {
  if (schema === undefined) return;
  try {
    Compile(schema).Check({});
  } catch (cause) {
    throw new CairnError("parameter_invalid", `details_schema is not a JSON Schema: ${(cause as Error).message}`, {
      pointer: "/details_schema",
      cause,
    });
  }
}
