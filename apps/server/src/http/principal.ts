import { CairnError } from "@cairn/event";
import type { ApiKey, Scope, Tenant } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import type { ServerContext } from "../context.ts";
import { SESSION_COOKIE } from "./session.ts";

/** Who sends a request, and what that lets them do. */
export interface Principal {
  /** Id of the key, or `session`. */
  readonly keyId: string;
  readonly projectNo: number;
  /** Undefined for a key of a whole project. */
  readonly tenantNo: number | undefined;
  readonly scopes: readonly Scope[];
}

/** A browser session reads, exports and edits the catalog of its tenant; it does not record. */
const SESSION_SCOPES: readonly Scope[] = ["events:read", "exports", "catalog:write"];
/** Keys looked up lately; a revoked one works for this long at most. */
const KEY_CACHE_MS = 2_000;
const MAX_CACHED_KEYS = 10_000;

const cache = new Map<string, { readonly key: ApiKey; readonly atMs: number }>();

/**
 * Tells who sends a request and demands a scope of them.
 * @throws CairnError unauthenticated or forbidden
 */
export function authenticate(context: ServerContext, request: FastifyRequest, scope: Scope): Principal {
  const principal = requireIdentity(context, request);
  if (!principal.scopes.includes(scope) && !principal.scopes.includes("admin")) {
    throw new CairnError("forbidden", `the key lacks the scope ${scope}`);
  }
  return principal;
}

/** Tells who sends a request. @throws CairnError unauthenticated */
export function requireIdentity(context: ServerContext, request: FastifyRequest): Principal {
  const principal = identify(context, request);
  if (principal === undefined) throw new CairnError("unauthenticated", "the request has no valid key");
  return principal;
}

/** Tells who sends a request, if that can be told. */
export function identify(context: ServerContext, request: FastifyRequest): Principal | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, text] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization) ?? [];
    const key = text === undefined ? undefined : findKey(context, text);
    return key === undefined
      ? undefined
      : { keyId: key.id, projectNo: key.projectNo, tenantNo: key.tenantNo, scopes: key.scopes };
  }
  const cookie = request.cookies[SESSION_COOKIE];
  const session = cookie === undefined ? undefined : context.sessions.verify(cookie, Date.now());
  if (session === undefined) return undefined;
  return { keyId: "session", projectNo: session.projectNo, tenantNo: session.tenantNo, scopes: SESSION_SCOPES };
}

function findKey(context: ServerContext, text: string): ApiKey | undefined {
  const nowMs = Date.now();
  const cached = cache.get(text);
  if (cached !== undefined && nowMs - cached.atMs < KEY_CACHE_MS) return cached.key;
  const key = context.side.registry.findApiKey(text, nowMs);
  if (key === undefined) {
    cache.delete(text);
    return undefined;
  }
  if (cache.size >= MAX_CACHED_KEYS) cache.clear();
  cache.set(text, { key, atMs: nowMs });
  return key;
}

/**
 * The tenant a request is about: the key's own, or the one the `Cairn-Tenant` header names within the key's project.
 * @throws CairnError tenant_required or not_found
 */
export function tenantOf(context: ServerContext, request: FastifyRequest, principal: Principal): Tenant {
  const named = request.headers["cairn-tenant"];
  const { registry } = context.side;
  if (principal.tenantNo !== undefined) {
    const own = registry.tenant(principal.tenantNo);
    if (own === undefined || (named !== undefined && named !== own.id)) throw noTenant();
    return own;
  }
  if (typeof named !== "string")
    throw new CairnError("tenant_required", "the key belongs to a project; name the tenant in the Cairn-Tenant header");
  const tenant = registry.findTenant(principal.projectNo, named);
  if (tenant === undefined) throw noTenant();
  return tenant;
}

/** What is said of a tenant that is not there, and of one that is somebody else's. */
export function noTenant(): CairnError {
  return new CairnError("not_found", "there is no such tenant");
}
