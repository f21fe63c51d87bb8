import type { ApiKey, Tenant } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../access/principal.ts";
import { demandLive } from "../../access/standing.ts";
import type { ServerContext } from "../../context.ts";
import { admitKey } from "../../http/identify-key.ts";
import { demandGrant, demandPermission, type Entered, identify, tenantOf } from "../../http/principal.ts";
import { demandSameOrigin } from "../../http/same-origin.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { invalidToken, noSuchResource } from "./errors.ts";

/** Longest token: a few sealed words. */
const MAX_TOKEN_CHARS = 1_000;
/** Stands in a path for "mine". */
const OWN = "~";

/**
 * Tells who asks: a token of the token endpoint, or whatever opens the rest of the API.
 * @throws RingCentralError 401; CairnError tenant_suspended, address_forbidden, forbidden
 */
function authenticate(context: ServerContext, request: FastifyRequest, tokens: AccessTokens): Principal {
  const [, token = ""] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const claims = token.length > MAX_TOKEN_CHARS ? undefined : tokens.read(token, "access");
  const key = claims === undefined ? undefined : liveKey(context, claims.keyId);
  const principal = key === undefined ? identify(context, request) : admitKey(context, key, request.ip);
  if (principal === undefined) throw invalidToken();
  // A cookie comes along by itself, whoever made the browser ask.
  if (principal.sessionId !== undefined && request.method !== "GET") demandSameOrigin(request);
  return principal;
}

/** The key of this id, unless it was revoked or has run out. */
export function liveKey(context: ServerContext, keyId: string): ApiKey | undefined {
  const key = context.side.access.keys.find(keyId);
  const isLive = key?.revokedAtMs === undefined && (key?.expiresAtMs ?? Number.POSITIVE_INFINITY) > Date.now();
  return isLive ? key : undefined;
}

/**
 * Lets a request in to read of an account: a tenant's log, by its id or as `~`.
 * @throws RingCentralError 401, 404; CairnError forbidden, tenant_required, tenant_suspended, grant_required
 */
export function enterAccount(
  context: ServerContext,
  request: FastifyRequest<{ Params: { accountId: string } }>,
  tokens: AccessTokens,
): Entered {
  const principal = authenticate(context, request, tokens);
  demandPermission(principal, "events:read");
  const tenant = accountOf(context, request, principal);
  demandGrant(principal, tenant);
  return { principal, tenant };
}

function accountOf(
  context: ServerContext,
  request: FastifyRequest<{ Params: { accountId: string } }>,
  principal: Principal,
): Tenant {
  const { accountId } = request.params;
  if (accountId === OWN) return tenantOf(context, request, principal);
  const { tenantNo, projectNo } = principal;
  const tenant =
    tenantNo === undefined
      ? context.side.registry.findAnyTenant(projectNo, accountId)
      : context.lately.tenant(tenantNo);
  if (tenant?.id !== accountId || tenant.deletedAtMs !== undefined) throw noSuchResource("accountId");
  demandLive(tenant);
  return tenant;
}
