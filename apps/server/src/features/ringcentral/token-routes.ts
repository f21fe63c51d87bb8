import type { FastifyInstance, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import { permissionsOfScopes } from "../../access/permissions.ts";
import type { ServerContext } from "../../context.ts";
import { admitKey, identifyKey } from "../../http/identify-key.ts";
import { ACCESS_SECONDS, type AccessTokens, REFRESH_SECONDS } from "./access-tokens.ts";
import { liveKey } from "./enter.ts";
import { invalidGrant, invalidParameter, READ_AUDIT_TRAIL, unauthorizedGrant } from "./errors.ts";
import { extensionNumberOf } from "./extension.ts";

/** RFC 7523: the assertion is the whole credential. */
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const text = Type.Optional(Type.String({ maxLength: 1_000 }));
const TokenSchema = Type.Object({ grant_type: text, assertion: text, refresh_token: text });
const RevokeSchema = Type.Object({ token: text });
type TokenRequest = Static<typeof TokenSchema>;

/** Signing in: a key of Cairn stands where RingCentral has a JWT, and is exchanged for tokens. */
export function tokenRoutes(app: FastifyInstance, context: ServerContext, tokens: AccessTokens): void {
  const meta = { tags: ["RingCentral"], security: [] };
  app.post<{ Body: TokenRequest }>(
    "/oauth/token",
    { schema: { ...meta, summary: "Exchange a key for tokens", body: TokenSchema } },
    async (request) => {
      const { keyId, session } = grant(context, request, tokens);
      const pair = tokens.issue(keyId, session);
      return {
        access_token: pair.access,
        token_type: "bearer",
        expires_in: ACCESS_SECONDS,
        refresh_token: pair.refresh,
        refresh_token_expires_in: REFRESH_SECONDS,
        scope: scopeOf(context, keyId),
        owner_id: String(extensionNumberOf(keyId)),
      };
    },
  );

  // RFC 7009: whether there was such a token is told to nobody.
  app.post<{ Body: Static<typeof RevokeSchema> }>(
    "/oauth/revoke",
    { schema: { ...meta, summary: "End a token and all that came from the same key with it", body: RevokeSchema } },
    async (request, reply) => {
      tokens.end(request.body.token ?? "");
      return reply.code(200).send();
    },
  );
}

interface Granted {
  readonly keyId: string;
  readonly session?: string;
}

/** Client id and secret are taken and not looked at: an assertion is the credential of its bearer. */
function grant(
  context: ServerContext,
  { body, ip }: FastifyRequest<{ Body: TokenRequest }>,
  tokens: AccessTokens,
): Granted {
  if (body.grant_type === undefined) throw invalidParameter("grant_type");
  if (body.grant_type === JWT_BEARER) {
    if (body.assertion === undefined) throw invalidParameter("assertion");
    const principal = identifyKey(context, body.assertion, ip);
    if (principal === undefined) throw invalidGrant();
    return { keyId: principal.id };
  }
  if (body.grant_type !== "refresh_token") throw unauthorizedGrant();
  const claims = tokens.read(body.refresh_token ?? "", "refresh");
  const key = claims === undefined ? undefined : liveKey(context, claims.keyId);
  if (claims === undefined || key === undefined || admitKey(context, key, ip) === undefined) throw invalidGrant();
  return claims;
}

function scopeOf(context: ServerContext, keyId: string): string {
  const scopes = liveKey(context, keyId)?.scopes ?? [];
  return permissionsOfScopes(scopes, "tenant").has("events:read") ? `ReadAccounts ${READ_AUDIT_TRAIL}` : "";
}
