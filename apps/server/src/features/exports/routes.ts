import { CairnError } from "@cairn/event";
import { EVENT_LOG, readLog, type Tenant } from "@cairn/ledger";
import { searchKeys } from "@cairn/search";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import type { ExportOrder } from "../../exports/export-request.ts";
import type { StoredExport } from "../../exports/export-store.ts";
import { TIME_FIELD } from "../../exports/matching-keys.ts";
import { authenticate, tenantOf } from "../../http/principal.ts";
import { scopeOf } from "../search/scope.ts";
import { translated } from "../search/translate.ts";
import { checkRequest } from "./check-request.ts";
import { presentExport } from "./present.ts";
import { type ExportBody, ExportParams, ExportSchema } from "./schema.ts";
import { sendFile } from "./send-file.ts";

/** Exports: asked for, made in the background, fetched as a file. */
export function exportRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["exports"] };

  app.post<{ Body: ExportBody }>(
    "/v1/exports",
    { schema: { ...meta, summary: "Ask for an export", body: ExportSchema } },
    async (request, reply) => {
      const principal = authenticate(context, request, "exports");
      const tenant = tenantOf(context, request, principal);
      const order = { ...(await orderOf(context, tenant, request.body)), requestedBy: principal.keyId };
      const job = await context.exports.create(order);
      return reply.code(202).header("location", `/v1/exports/${job.id}`).send(presentExport(job));
    },
  );

  app.get("/v1/exports", { schema: { ...meta, summary: "List exports, newest first" } }, async (request) => {
    const tenant = enter(context, request);
    return { exports: context.exports.list(tenant.no).map(presentExport) };
  });

  app.get<{ Params: { id: string } }>(
    "/v1/exports/:id",
    { schema: { ...meta, summary: "How far an export is", params: ExportParams } },
    async (request) => presentExport(findExport(context, request)),
  );

  app.delete<{ Params: { id: string } }>(
    "/v1/exports/:id",
    { schema: { ...meta, summary: "End an export and remove its file", params: ExportParams } },
    async (request, reply) => {
      const { id } = findExport(context, request);
      await context.exports.delete(id);
      return reply.code(204).send();
    },
  );

  app.get<{ Params: { id: string } }>(
    "/v1/exports/:id/file",
    { schema: { ...meta, summary: "Download an export; resumable with Range", params: ExportParams } },
    async (request, reply) => {
      const job = findExport(context, request);
      const path = context.exports.pathOf(job);
      const { file } = job.outcome;
      if (file === undefined || path === undefined)
        throw new CairnError("not_found", `the export has no file: it is ${job.state}`);
      return sendFile(request, reply, { file, path, request: job.order.request });
    },
  );
}

function enter(context: ServerContext, request: FastifyRequest): Tenant {
  return tenantOf(context, request, authenticate(context, request, "exports"));
}

function findExport(context: ServerContext, request: FastifyRequest<{ Params: { id: string } }>): StoredExport {
  const job = context.exports.find(enter(context, request).no, request.params.id);
  if (job === undefined) throw new CairnError("not_found", "there is no such export");
  return job;
}

/** Fixes what will be in the file: everything that is recorded now, and nothing later. */
async function orderOf(
  context: ServerContext,
  tenant: Tenant,
  body: ExportBody,
): Promise<Omit<ExportOrder, "requestedBy">> {
  const request = checkRequest(body);
  const nowMs = Date.now();
  const { ledger, size } = readLog(context.side.db, tenant.no, EVENT_LOG);
  const { query, ...times } = scopeOf(context, tenant, request, nowMs);
  const scope = { ...times, asOf: { ledger, sequence: size - 1 } };
  const { sort = TIME_FIELD, order } = request;
  // A field that cannot be sorted by, or too many matches for it, is said now and not in an hour.
  if (sort !== TIME_FIELD)
    await translated(() => searchKeys(context.search.index(), { ...scope, query, nowMs, sort, order, limit: 1 }));
  return { request, nowMs, scope };
}
