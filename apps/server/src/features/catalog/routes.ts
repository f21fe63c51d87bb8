import { ACTION_PATTERN, CairnError } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { shownTime } from "../../access/change-log.ts";
import { readCatalog } from "../../catalog/catalog.ts";
import { type ActionDefinition, ActionDefinitionSchema, type ActionInput } from "../../catalog/definition.ts";
import type { ServerContext } from "../../context.ts";
import { type Entered, enter, enterProject } from "../../http/principal.ts";
import { translated } from "../search/translate.ts";
import { declareAction } from "./declare-action.ts";
import { catalogRefusal, enterCatalog } from "./enter-catalog.ts";
import { LastSeenActions } from "./last-seen.ts";

const ActionParams = Type.Object({ action: Type.String({ pattern: ACTION_PATTERN, maxLength: 200 }) });

/** The project's catalog of actions. */
export function catalogRoutes(app: FastifyInstance, context: ServerContext): void {
  const lastSeenActions = new LastSeenActions();

  app.put<{ Params: { action: string }; Body: ActionInput }>(
    "/v1/actions/:action",
    { schema: { summary: "Declare an action", tags: ["catalog"], params: ActionParams, body: ActionDefinitionSchema } },
    async (request): Promise<ActionDefinition> => {
      const { principal, project } = enterCatalog(context, request);
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
      const entered = enter(context, request, "events:read");
      const { principal, tenant } = entered;
      const catalog = readCatalog(context.side.db, tenant.projectNo);
      // What was ever seen tells of what is beyond a wall.
      const isWalled = principal.wall !== undefined;
      const seen = isWalled
        ? []
        : context.side.db.all<{ action: string; first_seen_at: number }>(
            "SELECT action, first_seen_at FROM seen_actions WHERE tenant_no = ? ORDER BY action",
            tenant.no,
          );
      const firstSeen = new Map(seen.map((row) => [row.action, row.first_seen_at]));
      const lastSeen = await lastSeenOf(entered);
      const timesOf = (action: string) => ({
        first_seen_at: shownTime(firstSeen.get(action)),
        ...(lastSeen === undefined ? {} : { last_seen_at: shownTime(lastSeen.get(action)) }),
      });
      return {
        write_refusal: catalogRefusal(context, principal)?.code ?? null,
        actions: [...catalog.values()].map(({ definition }) => ({ ...definition, ...timesOf(definition.action) })),
        new: seen.filter(({ action }) => !catalog.has(action)).map(({ action }) => ({ action, ...timesOf(action) })),
      };
    },
  );

  /** Undefined while search cannot be asked: the catalog can be read all the same. */
  async function lastSeenOf(entered: Entered): Promise<ReadonlyMap<string, number> | undefined> {
    try {
      return await translated(() => lastSeenActions.of(context, entered, Date.now()));
    } catch (error) {
      if (error instanceof CairnError && error.code !== "internal") return undefined;
      throw error;
    }
  }
}
