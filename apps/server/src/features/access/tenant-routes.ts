import { CairnError } from "@cairn/event";
import type { Project, Tenant, TenantStanding } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { changedFields, futureTime, perform, shownTime } from "../../access/change-log.ts";
import { isOperatorTenant } from "../../access/operator-tenant.ts";
import type { Principal } from "../../access/principal.ts";
import { noTenant } from "../../access/standing.ts";
import type { ServerContext } from "../../context.ts";
import { enterProject } from "../../http/principal.ts";
import {
  type Domains,
  DomainsSchema,
  type NewTenant,
  NewTenantSchema,
  type TenantChange,
  TenantChangeSchema,
  type TenantName,
  TenantParams,
} from "./schema.ts";

const DAY_MS = 86_400_000;

/** Tenants of a project, for its admin key and for operators. */
export function tenantRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["tenants"] };
  const { registry } = context.side;
  type Named = FastifyRequest<{ Params: TenantName }>;

  const find = (project: Project, id: string): Tenant => {
    const tenant = registry.findAnyTenant(project.no, id);
    if (tenant === undefined || tenant.deletedAtMs !== undefined) throw noTenant();
    return tenant;
  };
  const managed = (request: Named, permission: "tenants:write" | "instance:write") => {
    const { principal, project } = enterProject(context, request, permission);
    return { principal, tenant: find(project, request.params.tenant) };
  };
  const settle = async (
    { principal, tenant }: { readonly principal: Principal; readonly tenant: Tenant },
    request: FastifyRequest,
    deed: {
      readonly action: string;
      readonly standing: Partial<TenantStanding>;
    },
  ): Promise<object> => {
    const after: Tenant = { ...tenant, ...deed.standing };
    await perform(
      context,
      { principal, request },
      {
        tenant,
        access: [{ kind: "tenant", no: tenant.no, standing: deed.standing }],
        action: deed.action,
        category: "settings",
        target: { type: "tenant", id: tenant.id, name: after.name },
        changes: changedFields(stateOf(tenant), stateOf(after)),
      },
    );
    for (const thread of context.threads.ingest) thread.tell("refresh", undefined);
    context.sources.tenantChanged();
    return presentTenant(context, registry.tenant(tenant.no) ?? after);
  };

  app.get("/v1/tenants", { schema: { ...meta, summary: "Tenants of the project" } }, async (request) => {
    const { project } = enterProject(context, request, "tenants:write");
    const own = registry.tenants().filter((each) => each.projectNo === project.no && each.deletedAtMs === undefined);
    return { tenants: own.map((tenant) => presentTenant(context, tenant)) };
  });

  app.post<{ Body: NewTenant }>(
    "/v1/tenants",
    { schema: { ...meta, summary: "Make a tenant", body: NewTenantSchema } },
    async (request, reply) => {
      const { principal, project } = enterProject(context, request, "tenants:write");
      const { id, name = id, expires_at: expires } = request.body;
      const expiresAtMs = expires === undefined ? undefined : futureTime(expires, "expires_at");
      if (registry.findAnyTenant(project.no, id) !== undefined)
        throw new CairnError("state_conflict", "the name of the tenant is taken");
      const made = await context.threads.writer.call("createTenant", { projectNo: project.no, id, name });
      const shown = await settle({ principal, tenant: made }, request, {
        action: "tenant.created",
        standing: { expiresAtMs },
      });
      return reply.code(201).send(shown);
    },
  );

  app.get<{ Params: TenantName }>(
    "/v1/tenants/:tenant",
    { schema: { ...meta, summary: "One tenant", params: TenantParams } },
    async (request) => presentTenant(context, managed(request, "tenants:write").tenant),
  );

  app.patch<{ Params: TenantName; Body: TenantChange }>(
    "/v1/tenants/:tenant",
    {
      schema: {
        ...meta,
        summary: "Change a tenant, and when it expires",
        params: TenantParams,
        body: TenantChangeSchema,
      },
    },
    async (request) => {
      const at = managed(request, "tenants:write");
      const { name, expires_at: expires } = request.body;
      const expiresAtMs = expires === undefined || expires === null ? undefined : futureTime(expires, "expires_at");
      // What is not named stays as it is by then: two who change different things do not undo each other's.
      const standing = {
        ...(name === undefined ? {} : { name }),
        ...(expires === undefined ? {} : { expiresAtMs }),
      };
      return settle(at, request, { action: "tenant.updated", standing });
    },
  );

  app.post<{ Params: TenantName }>(
    "/v1/tenants/:tenant/suspend",
    { schema: { ...meta, summary: "Suspend a tenant: nobody of it gets in", params: TenantParams } },
    async (request) => {
      const at = managed(request, "instance:write");
      demandOrdinary(at.tenant);
      const { suspendedAtMs } = at.tenant;
      if (suspendedAtMs !== undefined) throw new CairnError("state_conflict", "the tenant is suspended already");
      return settle(at, request, { action: "tenant.suspended", standing: { suspendedAtMs: Date.now() } });
    },
  );

  app.post<{ Params: TenantName }>(
    "/v1/tenants/:tenant/resume",
    { schema: { ...meta, summary: "End the suspension of a tenant", params: TenantParams } },
    async (request) => {
      const at = managed(request, "instance:write");
      const { suspendedAtMs, expiresAtMs } = at.tenant;
      if (suspendedAtMs === undefined) throw new CairnError("state_conflict", "the tenant is not suspended");
      const isOver = expiresAtMs !== undefined && expiresAtMs <= Date.now();
      const standing = { suspendedAtMs: undefined, ...(isOver ? { expiresAtMs: undefined } : {}) };
      return settle(at, request, { action: "tenant.resumed", standing });
    },
  );

  app.post<{ Params: TenantName }>(
    "/v1/tenants/:tenant/deletion",
    {
      schema: {
        ...meta,
        summary: "Ask for the deletion of a tenant, or confirm what another operator asked for",
        params: TenantParams,
      },
    },
    async (request, reply) => {
      const at = managed(request, "instance:write");
      demandOrdinary(at.tenant);
      const { deletion } = at.tenant;
      const nowMs = Date.now();
      if (deletion === undefined) {
        const dueAtMs = nowMs + context.config.tenantDeletionDays * DAY_MS;
        const asked = { requestedAtMs: nowMs, requestedBy: at.principal.id, dueAtMs };
        return reply
          .code(202)
          .send(await settle(at, request, { action: "tenant.deletion_requested", standing: { deletion: asked } }));
      }
      if (deletion.requestedBy === at.principal.id)
        throw new CairnError("state_conflict", "another operator confirms, or the time passes");
      // Only people count as two pairs of eyes: whoever holds a key or opened a link may be the one who confirms.
      if (at.principal.kind !== "member") throw new CairnError("forbidden", "a deletion is confirmed by a member");
      if (context.side.access.members.find(deletion.requestedBy) === undefined)
        throw new CairnError(
          "state_conflict",
          "no member asked for the deletion: cancel it and ask again, or the time passes",
        );
      await settle(at, request, { action: "tenant.deleted", standing: { deletedAtMs: nowMs, deletion: undefined } });
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: TenantName }>(
    "/v1/tenants/:tenant/deletion",
    { schema: { ...meta, summary: "Cancel a deletion", params: TenantParams } },
    async (request) => {
      const at = managed(request, "instance:write");
      if (at.tenant.deletion === undefined) throw new CairnError("state_conflict", "no deletion was asked for");
      return settle(at, request, { action: "tenant.deletion_cancelled", standing: { deletion: undefined } });
    },
  );

  app.put<{ Params: TenantName; Body: Domains }>(
    "/v1/tenants/:tenant/domains",
    {
      schema: {
        ...meta,
        summary: "Say which e-mail domains are the tenant's",
        params: TenantParams,
        body: DomainsSchema,
      },
    },
    async (request) => {
      const { principal, tenant } = managed(request, "instance:write");
      const { providers } = context.side.access;
      const domains = [...new Set(request.body.domains.map((domain) => domain.toLowerCase()))].toSorted();
      await perform(
        context,
        { principal, request },
        {
          tenant,
          access: [{ kind: "domains", tenantNo: tenant.no, domains }],
          action: "tenant.domains_updated",
          category: "settings",
          target: { type: "tenant", id: tenant.id, name: tenant.name },
          changes: changedFields({ domains: providers.domainsOf(tenant.no) }, { domains }),
        },
      );
      return presentTenant(context, tenant);
    },
  );
}

/** The instance needs its own tenant. @throws CairnError state_conflict */
function demandOrdinary(tenant: Tenant): void {
  if (isOperatorTenant(tenant)) throw new CairnError("state_conflict", "the operator's tenant stays");
}

function stateOf({ name, expiresAtMs, suspendedAtMs, deletion, deletedAtMs }: Tenant): Record<string, unknown> {
  return {
    name,
    expires_at: shownTime(expiresAtMs),
    suspended_at: shownTime(suspendedAtMs),
    deletion_due_at: shownTime(deletion?.dueAtMs),
    deleted_at: shownTime(deletedAtMs),
  };
}

function presentTenant({ side }: ServerContext, tenant: Tenant): object {
  const { deleted_at: _deleted, ...state } = stateOf(tenant);
  const domains = side.access.providers.domainsOf(tenant.no);
  return { id: tenant.id, project: tenant.projectId, ...state, domains, created_at: shownTime(tenant.createdAtMs) };
}
