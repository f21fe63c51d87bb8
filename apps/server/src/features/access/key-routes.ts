import { CairnError } from "@cairn/event";
import type { ApiKey, NewApiKey, Scope, Tenant } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { changedFields, futureTime, perform, shownTime } from "../../access/change-log.ts";
import { isOperatorTenant } from "../../access/operator-tenant.ts";
import { type Permission, permissionsOfScopes } from "../../access/permissions.ts";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { blockList } from "../../http/identify-key.ts";
import { demandGrant, enter, enterProject } from "../../http/principal.ts";
import {
  type Id,
  IdParams,
  type KeyChange,
  KeyChangeSchema,
  type KeyQuery,
  KeyQuerySchema,
  type NewKey,
  NewKeySchema,
  type Rotation,
  RotationSchema,
} from "./schema.ts";

const DEFAULT_OVERLAP_HOURS = 24;
const HOUR_MS = 3_600_000;

/** Whose keys a request is about. */
interface KeyPlace {
  readonly principal: Principal;
  readonly projectNo: number;
  /** Undefined: keys of the project as a whole. */
  readonly tenant: Tenant | undefined;
}

/** API keys of a tenant, or with `of=project` of its project. */
export function keyRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["access"] };
  const { keys } = context.side.access;
  const place = (request: FastifyRequest, of: KeyQuery["of"], permission: "keys:read" | "keys:write"): KeyPlace => {
    if (of !== "project") {
      const { principal, tenant } = enter(context, request, permission);
      return { principal, projectNo: tenant.projectNo, tenant };
    }
    const { principal, project } = enterProject(context, request, "projects:write");
    return { principal, projectNo: project.no, tenant: undefined };
  };
  const find = ({ projectNo, tenant }: KeyPlace, id: string): ApiKey => {
    const key = keys.find(id);
    if (key === undefined || key.projectNo !== projectNo || key.tenantNo !== tenant?.no)
      throw new CairnError("not_found", "there is no such key");
    return key;
  };
  const record = (
    { principal, tenant }: KeyPlace,
    request: FastifyRequest,
    deed: Pick<Parameters<typeof perform>[2], "access" | "action"> & {
      readonly key: Pick<ApiKey, "id" | "name">;
      readonly before?: Record<string, unknown>;
      readonly after?: Record<string, unknown>;
    },
  ) =>
    perform(
      context,
      { principal, request },
      {
        tenant: tenant ?? "instance",
        access: deed.access,
        action: deed.action,
        category: "keys",
        target: { type: "api_key", id: deed.key.id, name: deed.key.name },
        changes: changedFields(deed.before ?? {}, deed.after ?? {}),
      },
    );

  app.get<{ Querystring: KeyQuery }>(
    "/v1/keys",
    { schema: { ...meta, summary: "API keys, with those that ended", querystring: KeyQuerySchema } },
    async (request) => {
      const { projectNo, tenant } = place(request, request.query.of, "keys:read");
      return { keys: keys.list({ projectNo, tenantNo: tenant?.no ?? "project" }).map(presentKey) };
    },
  );

  app.post<{ Body: NewKey }>(
    "/v1/keys",
    { schema: { ...meta, summary: "Make an API key; its text is shown this once", body: NewKeySchema } },
    async (request, reply) => {
      const { body } = request;
      const at = place(request, body.of, "keys:write");
      const scopes = grantable(at, body.scopes);
      if (body.addresses !== undefined) blockList(body.addresses);
      const wanted: NewApiKey = {
        name: body.name,
        projectNo: at.projectNo,
        tenantNo: at.tenant?.no,
        scopes,
        expiresAtMs: body.expires_at === undefined ? undefined : futureTime(body.expires_at, "expires_at"),
        ...(body.addresses === undefined ? {} : { addresses: body.addresses }),
      };
      const { text, prepared } = keys.prepare(wanted, Date.now());
      await record(at, request, {
        access: [{ kind: "new_key", key: prepared }],
        action: "api_key.created",
        key: prepared,
        after: { name: wanted.name, scopes, addresses: body.addresses, expires_at: shownTime(wanted.expiresAtMs) },
      });
      return reply.code(201).send({ ...presentKey(find(at, prepared.id)), key: text });
    },
  );

  app.get<{ Params: Id; Querystring: KeyQuery }>(
    "/v1/keys/:id",
    { schema: { ...meta, summary: "One API key", params: IdParams, querystring: KeyQuerySchema } },
    async (request) => presentKey(find(place(request, request.query.of, "keys:read"), request.params.id)),
  );

  app.patch<{ Params: Id; Querystring: KeyQuery; Body: KeyChange }>(
    "/v1/keys/:id",
    {
      schema: {
        ...meta,
        summary: "Change an API key",
        params: IdParams,
        querystring: KeyQuerySchema,
        body: KeyChangeSchema,
      },
    },
    async (request) => {
      const at = place(request, request.query.of, "keys:write");
      const before = live(find(at, request.params.id));
      const { name, scopes, expires_at: expires, addresses } = request.body;
      if (addresses != null) blockList(addresses);
      const after: ApiKey = {
        ...before,
        name: name ?? before.name,
        scopes: scopes === undefined ? before.scopes : grantable(at, scopes),
        expiresAtMs:
          expires === undefined ? before.expiresAtMs : expires === null ? undefined : futureTime(expires, "expires_at"),
        addresses: addresses === undefined ? before.addresses : (addresses ?? undefined),
      };
      await record(at, request, {
        access: [{ kind: "key", key: after }],
        action: "api_key.updated",
        key: after,
        before: stateOf(before),
        after: stateOf(after),
      });
      return presentKey(after);
    },
  );

  app.post<{ Params: Id; Querystring: KeyQuery; Body: Rotation }>(
    "/v1/keys/:id/rotate",
    {
      schema: {
        ...meta,
        summary: "Make a key in place of another; both work for a while",
        params: IdParams,
        querystring: KeyQuerySchema,
        body: RotationSchema,
      },
    },
    async (request, reply) => {
      const at = place(request, request.query.of, "keys:write");
      const before = live(find(at, request.params.id));
      if (before.successor !== undefined) throw new CairnError("state_conflict", "the key was rotated already");
      const { overlap_hours: overlapHours = DEFAULT_OVERLAP_HOURS } = request.body;
      grantable(at, before.scopes);
      const { text, prepared } = keys.prepare(before, Date.now());
      const endMs = Date.now() + overlapHours * HOUR_MS;
      const ending: ApiKey = {
        ...before,
        successor: prepared.id,
        expiresAtMs: Math.min(endMs, before.expiresAtMs ?? Number.POSITIVE_INFINITY),
      };
      await record(at, request, {
        access: [
          { kind: "new_key", key: prepared },
          { kind: "key", key: ending },
        ],
        action: "api_key.rotated",
        key: before,
        before: stateOf(before),
        after: { ...stateOf(ending), successor: prepared.id },
      });
      return reply.code(201).send({ ...presentKey(find(at, prepared.id)), key: text });
    },
  );

  app.delete<{ Params: Id; Querystring: KeyQuery }>(
    "/v1/keys/:id",
    { schema: { ...meta, summary: "Revoke an API key at once", params: IdParams, querystring: KeyQuerySchema } },
    async (request, reply) => {
      const at = place(request, request.query.of, "keys:write");
      const before = live(find(at, request.params.id));
      const after: ApiKey = { ...before, revokedAtMs: Date.now() };
      await record(at, request, {
        access: [{ kind: "key", key: after }],
        action: "api_key.revoked",
        key: before,
        before: stateOf(before),
        after: stateOf(after),
      });
      return reply.code(204).send();
    },
  );
}

function stateOf({ name, scopes, expiresAtMs, revokedAtMs, addresses }: ApiKey): Record<string, unknown> {
  return { name, scopes, addresses, expires_at: shownTime(expiresAtMs), revoked_at: shownTime(revokedAtMs) };
}

function live(key: ApiKey): ApiKey {
  if (key.revokedAtMs !== undefined) throw new CairnError("state_conflict", "the key was revoked");
  return key;
}

/** What the scope `events:write` is for. */
const RECORDING: ReadonlySet<Permission> = new Set(["events:write", "refused:read", "subjects:write"]);

/**
 * Scopes that somebody may put on a key: nothing that they could not do themselves, but recording, which is what keys are
 * for.
 * @throws CairnError forbidden, or grant_required of an operator
 */
function grantable({ principal, tenant }: KeyPlace, scopes: readonly Scope[]): readonly Scope[] {
  // A key that reads would be a way around the grant.
  const reads = scopes.some((scope) => scope !== "events:write" && scope !== "catalog:write");
  if (tenant !== undefined && reads) demandGrant(principal, tenant);
  const of = tenant === undefined ? "project" : isOperatorTenant(tenant) ? "instance" : "tenant";
  for (const scope of scopes) {
    const more = [...permissionsOfScopes([scope], of)].find(
      (each) => !principal.permissions.has(each) && !RECORDING.has(each),
    );
    if (more !== undefined)
      throw new CairnError("forbidden", `scope ${scope}: it allows ${more}, which you may not do`);
  }
  return scopes;
}

function presentKey(key: ApiKey): object {
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    of: key.tenantNo === undefined ? "project" : "tenant",
    addresses: key.addresses ?? null,
    created_at: shownTime(key.createdAtMs),
    expires_at: shownTime(key.expiresAtMs),
    revoked_at: shownTime(key.revokedAtMs),
    last_used_at: shownTime(key.lastUsedAtMs),
    successor: key.successor ?? null,
  };
}
