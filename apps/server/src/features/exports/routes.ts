import { CairnError } from "@cairn/event";
import { EVENT_LOG, readLog } from "@cairn/ledger";
import { searchKeys } from "@cairn/search";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { actorOf, contextOf } from "../../access/actor.ts";
import type { Reader } from "../../access/readings.ts";
import type { ServerContext } from "../../context.ts";
import type { ExportOrder } from "../../exports/export-request.ts";
import type { StoredExport } from "../../exports/export-store.ts";
import { TIME_FIELD } from "../../exports/matching-keys.ts";
import { type Entered, enter as enterAs } from "../../http/principal.ts";
import { describe } from "../search/record-reading.ts";
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
      const entered = enter(context, request);
      const job = await context.exports.create(await orderOf(context, entered, request.body));
      await recordExport(context, { ...entered, request }, { action: "log.exported", job });
      return reply.code(202).header("location", `/v1/exports/${job.id}`).send(presentExport(job, entered.principal));
    },
  );

  app.get("/v1/exports", { schema: { ...meta, summary: "List exports, newest first" } }, async (request) => {
    const entered = enter(context, request);
    const own = context.exports.list(entered.tenant.no).filter((job) => mayFetch(entered, job));
    return { exports: own.map((job) => presentExport(job, entered.principal)) };
  });

  app.get<{ Params: { id: string } }>(
    "/v1/exports/:id",
    { schema: { ...meta, summary: "How far an export is", params: ExportParams } },
    async (request) => {
      const { job, principal } = findExport(context, request);
      return presentExport(job, principal);
    },
  );

  app.delete<{ Params: { id: string } }>(
    "/v1/exports/:id",
    { schema: { ...meta, summary: "End an export and remove its file", params: ExportParams } },
    async (request, reply) => {
      const { job } = findExport(context, request);
      await context.exports.delete(job.id);
      return reply.code(204).send();
    },
  );

  app.get<{ Params: { id: string } }>(
    "/v1/exports/:id/file",
    { schema: { ...meta, summary: "Download an export; resumable with Range", params: ExportParams } },
    async (request, reply) => {
      const found = findExport(context, request);
      const { job } = found;
      const path = context.exports.pathOf(job);
      const { file } = job.outcome;
      if (file === undefined || path === undefined)
        throw new CairnError("not_found", `the export has no file: it is ${job.state}`);
      if (isBeginning(request))
        await recordExport(context, { ...found, request }, { action: "log.export.downloaded", job });
      return sendFile(request, reply, { file, path, request: job.order.request });
    },
  );
}

function enter(context: ServerContext, request: FastifyRequest): Entered {
  return enterAs(context, request, "exports");
}

function findExport(
  context: ServerContext,
  request: FastifyRequest<{ Params: { id: string } }>,
): Entered & { readonly job: StoredExport } {
  const entered = enter(context, request);
  const job = context.exports.find(entered.tenant.no, request.params.id);
  if (job === undefined || !mayFetch(entered, job)) throw new CairnError("not_found", "there is no such export");
  return { ...entered, job };
}

/** A download that goes on where it broke off is the same one; a look at the headers is none. */
function isBeginning({ method, headers }: FastifyRequest): boolean {
  return method === "GET" && (headers.range === undefined || /^bytes=[ \t]*0+-/i.test(headers.range));
}

/** Behind a wall there are the own exports only, and of those what was made behind the same wall. */
function mayFetch({ principal }: Entered, { order }: StoredExport): boolean {
  return principal.wall === undefined || (order.requestedBy === principal.id && order.wall === principal.wall);
}

/** Exports are taken while search is starting; who the people of a query are cannot be told then. */
const NOT_RESOLVED = { query: null };

/** Records that the log leaves in a file: asked for by anybody, fetched by anybody. */
async function recordExport(
  context: ServerContext,
  { principal, tenant, request }: Reader,
  { action, job }: { readonly action: "log.exported" | "log.export.downloaded"; readonly job: StoredExport },
): Promise<void> {
  const { format, q, from, to } = job.order.request;
  const asked = {
    ...(q === undefined ? {} : { q }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const event = {
    action,
    verb: "export",
    actor: actorOf(principal, { tenantNo: tenant.no, operatorName: context.config.operatorName }),
    context: contextOf(request, principal),
    targets: [{ type: "export", id: job.id }],
    details: { format, ...(await describe(context, { tenant }, asked).catch(() => NOT_RESOLVED)) },
  };
  await context.own.record([{ tenantNo: tenant.no, category: "reading", event }]);
}

/** Fixes what will be in the file: everything that is recorded now, and nothing later. */
async function orderOf(context: ServerContext, entered: Entered, body: ExportBody): Promise<ExportOrder> {
  const { principal, tenant } = entered;
  const request = checkRequest(body);
  // A bundle carries proofs over the whole log, and with them how much there is.
  if (request.format === "evidence" && principal.wall !== undefined)
    throw new CairnError("forbidden", "behind a wall there is no evidence: it proves the log as a whole");
  const nowMs = Date.now();
  const { ledger, size } = readLog(context.side.db, tenant.no, EVENT_LOG);
  const { query, ...times } = scopeOf(context, entered, request, nowMs);
  const scope = { ...times, asOf: { ledger, sequence: size - 1 } };
  const { sort = TIME_FIELD, order } = request;
  // A field that cannot be sorted by, or too many matches for it, is said now and not in an hour.
  if (sort !== TIME_FIELD)
    await translated(() => searchKeys(context.search.index(), { ...scope, query, nowMs, sort, order, limit: 1 }));
  const { id: requestedBy, wall } = principal;
  return { request, nowMs, scope, requestedBy, ...(wall === undefined ? {} : { wall }) };
}
