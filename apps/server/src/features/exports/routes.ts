import { CairnError } from "@cairn/event";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import type { StoredExport } from "../../exports/export-store.ts";
import { type Entered, enter as enterAs } from "../../http/principal.ts";
import { mayFetch, orderOf } from "./order.ts";
import { presentExport } from "./present.ts";
import { recordExport } from "./record-export.ts";
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
