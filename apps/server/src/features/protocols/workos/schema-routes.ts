import { ACTION_PATTERN, CairnError, LIMITS } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import type { ActionInput } from "../../../catalog/definition.ts";
import type { ServerContext } from "../../../context.ts";
import { enterProject } from "../../../http/principal.ts";
import { declareAction } from "../../catalog/declare-action.ts";
import { enterCatalog } from "../../catalog/enter-catalog.ts";
import { authenticateSender, BEARER_ONLY } from "../sender.ts";
import { definitionOf, WorkosSchema, type WorkosSchemaBody, workosSchemaOf } from "./metadata-schema.ts";

const Params = Type.Object({ action: Type.String({ pattern: ACTION_PATTERN, maxLength: LIMITS.actionChars }) });
const PageSchema = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  order: Type.Optional(Type.Enum(["asc", "desc"])),
  before: Type.Optional(Type.String({ maxLength: 20 })),
  after: Type.Optional(Type.String({ maxLength: 20 })),
});
const DEFAULT_LIMIT = 10;

interface StoredVersion {
  readonly version: number;
  readonly definition: string;
  readonly created_at: number;
}

/** Schemas of actions: versions in the project's catalog. */
export function schemaRoutes(app: FastifyInstance, context: ServerContext): void {
  const path = "/audit_logs/actions/:action/schemas";
  const meta = { tags: ["protocols"], params: Params };

  app.post<{ Params: Static<typeof Params>; Body: WorkosSchemaBody }>(
    path,
    { schema: { ...meta, summary: "Declare the schema of an action (WorkOS)", body: WorkosSchema } },
    async (request, reply) => {
      authenticateSender(context, request, { permission: "catalog:write", credentials: BEARER_ONLY });
      const { principal, project } = enterCatalog(context, request);
      const { action } = request.params;
      const known = latest(context, project.no, action);
      const definition = { ...known, ...definitionOf(request.body), action, version: 0 };
      const { version } = await declareAction(context, { principal, request, project }, definition);
      const stored = versionsOf(context, project.no, action).find((each) => each.version === version);
      return reply.code(201).send(presented(request.body, version, stored?.created_at ?? Date.now()));
    },
  );

  app.get<{ Params: Static<typeof Params>; Querystring: Static<typeof PageSchema> }>(
    path,
    { schema: { ...meta, summary: "Versions of the schema of an action (WorkOS)", querystring: PageSchema } },
    async (request) => {
      const { project } = enterProject(context, request, "events:read");
      const versions = versionsOf(context, project.no, request.params.action);
      if (versions.length === 0) throw new CairnError("not_found", "there is no such action");
      return pageOf(versions, request.query);
    },
  );
}

function versionsOf(context: ServerContext, projectNo: number, action: string): readonly StoredVersion[] {
  return context.side.db.all<{ version: number; definition: string; created_at: number }>(
    "SELECT version, definition, created_at FROM actions WHERE project_no = ? AND action = ? ORDER BY version DESC",
    projectNo,
    action,
  );
}

/** What else the catalog says of an action stays. */
function latest(context: ServerContext, projectNo: number, action: string): ActionInput {
  const [newest] = versionsOf(context, projectNo, action);
  return newest === undefined ? {} : (JSON.parse(newest.definition) as ActionInput);
}

/** One page, newest first unless asked otherwise; a cursor is a version. */
function pageOf(versions: readonly StoredVersion[], page: Static<typeof PageSchema>): object {
  const { limit = DEFAULT_LIMIT, order = "desc", before, after } = page;
  const all = versions.flatMap(({ version, definition, created_at }) => {
    const schema = workosSchemaOf(JSON.parse(definition) as ActionInput);
    return schema === undefined ? [] : [{ version, shown: presented(schema, version, created_at) }];
  });
  const ordered = order === "asc" ? all.toReversed() : all;
  const from = after === undefined ? 0 : ordered.findIndex(({ version }) => String(version) === after) + 1;
  const to = before === undefined ? ordered.length : ordered.findIndex(({ version }) => String(version) === before);
  const start = before === undefined ? from : Math.max(0, to - limit);
  const rows = ordered.slice(start, Math.min(start + limit, Math.max(start, to)));
  const next = start + rows.length < ordered.length ? rows.at(-1) : undefined;
  const previous = start > 0 ? rows[0] : undefined;
  return {
    object: "list",
    data: rows.map(({ shown }) => shown),
    list_metadata: { before: previous?.version.toString() ?? null, after: next?.version.toString() ?? null },
  };
}

function presented(schema: WorkosSchemaBody, version: number, createdAtMs: number): object {
  return { object: "audit_log_schema", version, ...schema, created_at: new Date(createdAtMs).toISOString() };
}
