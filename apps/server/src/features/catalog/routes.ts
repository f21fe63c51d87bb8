import { ACTION_PATTERN, CairnError } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { readCatalog } from "../../catalog/catalog.ts";
import { type ActionDefinition, ActionDefinitionSchema, type ActionInput } from "../../catalog/definition.ts";
import type { ServerContext } from "../../context.ts";
import { enter, enterProject } from "../../http/principal.ts";
import { declareAction } from "./declare-action.ts";

const ActionParams = Type.Object({ action: Type.String({ pattern: ACTION_PATTERN, maxLength: 200 }) });

/** The project's catalog of actions. */
export function catalogRoutes(app: FastifyInstance, context: ServerContext): void {
  app.put<{ Params: { action: string }; Body: ActionInput }>(
    "/v1/actions/:action",
    { schema: { summary: "Declare an action", tags: ["catalog"], params: ActionParams, body: ActionDefinitionSchema } },
    async (request): Promise<ActionDefinition> => {
      const { principal, project } = enterProject(context, request, "catalog:write");
      const definition: ActionDefinition = { ...request.body, action: request.params.action, version: 0 };
      return declareAction(context, { principal, request, project }, definition);
    },
  );

  app.get<{ Params: { action: string } }>(
    "/v1/actions/:action",
    { schema: { summary: "Read the definition of an action", tags: ["catalog"], params: ActionParams } },
    async (request): Promise<ActionDefinition> => {
      const projectNo = enterProject(context, request, "events:read").project.no;
      const entry = readCatalog(context.side.db, projectNo).get(request.params.action);
      if (entry === undefined) throw new CairnError("not_found", "the catalog has no such action");
      return entry.definition;
    },
  );

  app.get(
    "/v1/actions",
    { schema: { summary: "The catalog, and actions seen but not declared", tags: ["catalog"] } },
    async (request) => {
      const { principal, tenant } = enter(context, request, "events:read");
      const catalog = readCatalog(context.side.db, tenant.projectNo);
      // What was ever seen tells of what is beyond a wall.
      const isWalled = principal.wall !== undefined;
      const seen = isWalled
        ? []
        : context.side.db.all<{ action: string; first_seen_at: number }>(
            "SELECT action, first_seen_at FROM seen_actions WHERE tenant_no = ? ORDER BY action",
            tenant.no,
          );
      const firstSeen = new Map(seen.map((row) => [row.action, new Date(row.first_seen_at).toISOString()]));
      return {
        actions: [...catalog.values()].map(({ definition }) => ({
          ...definition,
          first_seen_at: firstSeen.get(definition.action) ?? null,
        })),
        new: seen
          .filter((row) => !catalog.has(row.action))
          .map((row) => ({ action: row.action, first_seen_at: firstSeen.get(row.action) })),
      };
    },
  );
}
