import { CairnError } from "@cairn/event";
import type { Tenant } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import type { Principal } from "../../../access/principal.ts";
import { type SealedToken, sealedToken } from "../../../access/sealed-token.ts";
import { demandLive } from "../../../access/standing.ts";
import type { ServerContext } from "../../../context.ts";
import type { StoredExport } from "../../../exports/export-store.ts";
import { demandGrant, tenantOf } from "../../../http/principal.ts";
import { mayFetch, orderOf } from "../../exports/order.ts";
import { recordExport } from "../../exports/record-export.ts";
import { sendFile } from "../../exports/send-file.ts";
import { authenticateSender, BEARER_ONLY } from "../sender.ts";
import { tenantNamed } from "../tenant-named.ts";
import { exportBodyOf, type WorkosExportBody, WorkosExportSchema } from "./export-query.ts";
import { type FileLink, vouchedFor } from "./file-link.ts";

const PREFIX = "audit_log_export_";
/** How long the address of a file works: as WorkOS has it. Asking again gives another. */
const LINK_MS = 10 * 60_000;
const STATES = { queued: "pending", running: "pending", done: "ready", failed: "error" } as const;

const Params = Type.Object({ id: Type.String({ maxLength: 100 }) });
const FileParams = Type.Object({ token: Type.String({ maxLength: 1_000 }) });

/** Exports as WorkOS's clients ask for them: a CSV file, whose address needs no key and works for ten minutes. */
export function exportRoutes(app: FastifyInstance, context: ServerContext): void {
  const links = sealedToken<FileLink>(context.side.secrets.serverSecret, "workos-export-file");
  const meta = { tags: ["protocols"] };

  app.post<{ Body: WorkosExportBody }>(
    "/audit_logs/exports",
    { schema: { ...meta, summary: "Ask for an export (WorkOS)", body: WorkosExportSchema } },
    async (request, reply) => {
      const principal = authenticate(context, request);
      const tenant = tenantNamed(context, request, { principal, named: request.body.organization_id });
      const job = await context.exports.create(
        await orderOf(context, { principal, tenant }, exportBodyOf(request.body)),
      );
      await recordExport(context, { principal, tenant, request }, { action: "log.exported", job });
      return reply.code(201).send(present({ context, links, principal, job }));
    },
  );

  app.get<{ Params: Static<typeof Params> }>(
    "/audit_logs/exports/:id",
    { schema: { ...meta, summary: "How far an export is, and where its file (WorkOS)", params: Params } },
    async (request) => {
      const principal = authenticate(context, request);
      return present({ context, links, principal, job: findExport(context, request, principal) });
    },
  );

  app.get<{ Params: Static<typeof FileParams> }>(
    "/audit_logs/export_files/:token",
    { schema: { ...meta, summary: "Download an export by its address (WorkOS)", params: FileParams } },
    async (request, reply) => {
      const link = links.read(request.params.token, Date.now());
      const vouched = link && vouchedFor(context, link);
      const job = link && context.exports.find(link.tenantNo, link.id);
      const path = job && context.exports.pathOf(job);
      if (vouched === undefined || job?.outcome.file === undefined || path === undefined)
        throw new CairnError("not_found", "the address is not one of ours, or has run out");
      await recordExport(context, { ...vouched, request }, { action: "log.export.downloaded", job });
      return sendFile(request, reply, { file: job.outcome.file, path, request: job.order.request });
    },
  );
}

function authenticate(context: ServerContext, request: FastifyRequest): Principal {
  return authenticateSender(context, request, { permission: "exports", credentials: BEARER_ONLY });
}

/** WorkOS names no organization here: a key of a project finds the exports of all its tenants. */
function findExport(
  context: ServerContext,
  request: FastifyRequest<{ Params: { id: string } }>,
  principal: Principal,
): StoredExport {
  const id = request.params.id.startsWith(PREFIX) ? request.params.id.slice(PREFIX.length) : request.params.id;
  const tenant = tenantOfExport(context, request, { principal, id });
  const job = tenant && context.exports.find(tenant.no, id);
  if (tenant === undefined || job === undefined || !mayFetch({ principal, tenant }, job))
    throw new CairnError("not_found", "there is no such export");
  return job;
}

function tenantOfExport(
  context: ServerContext,
  request: FastifyRequest,
  { principal, id }: { readonly principal: Principal; readonly id: string },
): Tenant | undefined {
  if (principal.tenantNo !== undefined || request.headers["cairn-tenant"] !== undefined) {
    const tenant = tenantOf(context, request, principal);
    demandGrant(principal, tenant);
    return tenant;
  }
  const tenantNo = context.exports.tenantNoOf(id);
  const tenant = tenantNo === undefined ? undefined : context.lately.tenant(tenantNo);
  if (tenant === undefined || tenant.deletedAtMs !== undefined || tenant.projectNo !== principal.projectNo)
    return undefined;
  demandLive(tenant);
  return tenant;
}

interface Presentation {
  readonly context: ServerContext;
  readonly links: SealedToken<FileLink>;
  readonly principal: Principal;
  readonly job: StoredExport;
}

function present({ context, links, principal, job }: Presentation): object {
  const expiresAtMs = Date.now() + LINK_MS;
  const link = { tenantNo: job.tenantNo, id: job.id, kind: principal.kind, by: principal.id };
  const isReady = job.state === "done";
  return {
    object: "audit_log_export",
    id: PREFIX + job.id,
    state: STATES[job.state],
    ...(isReady ? { url: `${context.url()}/audit_logs/export_files/${links.write(link, expiresAtMs)}` } : {}),
    created_at: new Date(job.createdAtMs).toISOString(),
    updated_at: new Date(job.createdAtMs).toISOString(),
  };
}
