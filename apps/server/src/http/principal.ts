import { CairnError } from "@cairn/event";
import type { Project, Tenant } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import { isOperatorTenant } from "../access/operator-tenant.ts";
import { CONTENT_PERMISSIONS, type Permission, scopeFor } from "../access/permissions.ts";
import type { Principal } from "../access/principal.ts";
import { demandLive, noTenant } from "../access/standing.ts";
import type { ServerContext } from "../context.ts";
import { identifyKey } from "./identify-key.ts";
import { identifySession, sessionCookieOf } from "./identify-session.ts";
import { identifyViewer, VIEWER_TOKEN_PREFIX } from "./identify-viewer.ts";

/** A request that was let in: by whom, to whose log. */
export interface Entered {
  readonly principal: Principal;
  readonly tenant: Tenant;
}

/**
 * Tells who sends a request and demands a permission of them.
 * @throws CairnError unauthenticated, forbidden or tenant_suspended
 */
export function authenticate(context: ServerContext, request: FastifyRequest, permission: Permission): Principal {
  const principal = requireIdentity(context, request);
  demandPermission(principal, permission);
  return principal;
}

/** @throws CairnError forbidden */
export function demandPermission(principal: Principal, permission: Permission): void {
  if (!principal.permissions.has(permission)) throw lacksPermission(principal, permission);
}

/** Tells who sends a request. @throws CairnError unauthenticated, tenant_suspended */
export function requireIdentity(context: ServerContext, request: FastifyRequest): Principal {
  const principal = identify(context, request);
  if (principal === undefined) throw new CairnError("unauthenticated", "the request has no valid key");
  return principal;
}

/** Tells who sends a request, if that can be told. @throws CairnError tenant_suspended, address_forbidden */
export function identify(context: ServerContext, request: FastifyRequest): Principal | undefined {
  const remembered = identified.get(request);
  if (remembered !== undefined) return remembered;
  const principal = findPrincipal(context, request);
  if (principal !== undefined) identified.set(request, principal);
  return principal;
}

/** Who sent the requests under way: a request has several places that ask. */
const identified = new WeakMap<FastifyRequest, Principal>();

/** Longest credential: a viewer token carries its wall. */
const MAX_CREDENTIAL_CHARS = 12_000;

function findPrincipal(context: ServerContext, request: FastifyRequest): Principal | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    const token = sessionCookieOf(request);
    return token === undefined ? undefined : identifySession(context, token);
  }
  if (authorization.length > MAX_CREDENTIAL_CHARS) return undefined;
  const [, text] = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization) ?? [];
  if (text === undefined) return undefined;
  return text.startsWith(VIEWER_TOKEN_PREFIX) ? identifyViewer(context, text) : identifyKey(context, text, request.ip);
}

/**
 * Lets a request in to the log of a tenant: the sender's own, or the one that the headers name.
 * @throws CairnError unauthenticated, forbidden, tenant_required, not_found, tenant_suspended or grant_required
 */
export function enter(context: ServerContext, request: FastifyRequest, permission: Permission): Entered {
  const principal = authenticate(context, request, permission);
  const tenant = tenantOf(context, request, principal);
  if (CONTENT_PERMISSIONS.has(permission)) demandGrant(principal, tenant);
  return { principal, tenant };
}

/** Lets a request in to a project: the sender's own, or the one that an operator names in `Cairn-Project`. */
export function enterProject(
  context: ServerContext,
  request: FastifyRequest,
  permission: Permission,
): { readonly principal: Principal; readonly project: Project } {
  const principal = authenticate(context, request, permission);
  return { principal, project: projectOf(context, request, principal) };
}

function projectOf(context: ServerContext, request: FastifyRequest, principal: Principal): Project {
  const { registry } = context.side;
  const named = request.headers["cairn-project"];
  const own = context.lately.project(principal.projectNo);
  if (own === undefined) throw noTenant();
  if (named === undefined || named === own.id) return own;
  const other = principal.isOperator && typeof named === "string" ? registry.project(named) : undefined;
  if (other === undefined) throw noTenant();
  return other;
}

/**
 * The tenant a request is about: the sender's own, or the one the `Cairn-Tenant` header names within the project.
 * @throws CairnError tenant_required, not_found or tenant_suspended
 */
export function tenantOf(context: ServerContext, request: FastifyRequest, principal: Principal): Tenant {
  const named = request.headers["cairn-tenant"];
  const { registry } = context.side;
  const project = projectOf(context, request, principal);
  const own = principal.tenantNo === undefined ? undefined : context.lately.tenant(principal.tenantNo);
  if (named === undefined && own !== undefined && own.projectNo === project.no) return own;
  if (own !== undefined && !principal.isOperator) {
    if (named !== own.id) throw noTenant();
    return own;
  }
  if (typeof named !== "string")
    throw new CairnError("tenant_required", "the key belongs to a project; name the tenant in the Cairn-Tenant header");
  const tenant = registry.findAnyTenant(project.no, named);
  if (tenant === undefined || tenant.deletedAtMs !== undefined) throw noTenant();
  if (!principal.isOperator) demandLive(tenant);
  return tenant;
}

/** Operators manage; what was recorded they read when the tenant lets them. @throws CairnError grant_required */
export function demandGrant(principal: Principal, tenant: Tenant): void {
  if (!principal.isOperator || isOperatorTenant(tenant)) return;
  if ((tenant.settings.operatorAccessUntilMs ?? 0) <= Date.now())
    throw new CairnError("grant_required", "the tenant has not let operators read its events");
}

/** What somebody is told who may not do something. */
export function lacksPermission({ kind, wall, lacksSecondFactor }: Principal, permission: Permission): CairnError {
  if (lacksSecondFactor === true)
    return new CairnError("second_factor_missing", "the tenant requires a second factor, and there is none yet");
  if (kind === "key") return new CairnError("forbidden", `the key lacks the scope ${scopeFor(permission)}`);
  const why = wall === undefined ? "" : ", or not behind a wall";
  return new CairnError("forbidden", `your role does not allow ${permission}${why}`);
}
