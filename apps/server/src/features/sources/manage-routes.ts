import { CairnError } from "@cairn/event";
import type { AccessChange, Source } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { changedFields, perform } from "../../access/change-log.ts";
import { newId, newToken, tokenDigest } from "../../access/token.ts";
import type { ServerContext } from "../../context.ts";
import { enter } from "../../http/principal.ts";
import { kindOf, SOURCE_KINDS } from "../../sources/kinds.ts";
import { checkFixed, checkSecrets, checkSettings } from "./check-source.ts";
import { type AtSource, enterSource } from "./find-source.ts";
import { presentKinds, presentPresets, presentSource, stateOf } from "./present.ts";
import {
  type NewSource,
  NewSourceSchema,
  type SourceChange,
  SourceChangeSchema,
  type SourceId,
  SourceParams,
} from "./schema.ts";

/** Sources of a tenant: each is looked at and shown on one page. */
const MAX_SOURCES = 100;
/** What tokens begin with, so that scanners of leaked secrets find them. */
const TOKEN_PREFIX = "cairn_src_";

/** Setting up the sources of a tenant. */
export function sourceManagementRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["sources"] };
  const { sources } = context.side.access;

  app.get("/v1/sources", { schema: { ...meta, summary: "Sources of the tenant" } }, async (request) => {
    const { tenant } = enter(context, request, "sources:read");
    return { sources: sources.list(tenant.no).map((each) => presentSource(context, each)) };
  });

  app.get("/v1/sources/kinds", { schema: { ...meta, summary: "Kinds of sources, and their settings" } }, (request) => {
    enter(context, request, "sources:read");
    return { kinds: presentKinds(context) };
  });

  app.get(
    "/v1/sources/presets",
    { schema: { ...meta, summary: "Mappings that ship, each with a sample, and the JSON Schema of mappings" } },
    async (request) => {
      enter(context, request, "sources:read");
      return presentPresets();
    },
  );

  app.post<{ Body: NewSource }>(
    "/v1/sources",
    { schema: { ...meta, summary: "Set up a source; a webhook's token is shown this once", body: NewSourceSchema } },
    async (request, reply) => {
      const { principal, tenant } = enter(context, request, "sources:write");
      const { body } = request;
      const kind = SOURCE_KINDS[body.kind];
      const { settings = {}, secrets = {} } = body;
      checkSettings(kind, settings, context);
      checkSecrets(kind, secrets);
      if (sources.list(tenant.no).length >= MAX_SOURCES)
        throw new CairnError("parameter_invalid", `a tenant has at most ${MAX_SOURCES} sources`);
      const token = kind.arrives === "webhook" ? TOKEN_PREFIX + newToken() : undefined;
      const source: Source = {
        ...{ id: newId("src"), tenantNo: tenant.no, kind: body.kind, createdAtMs: Date.now(), version: 1 },
        ...{ isEnabled: body.enabled ?? true, name: body.name, settings, secrets },
        tokenDigest: token === undefined ? undefined : tokenDigest(token),
      };
      await context.sources.listeners.claiming(source, () =>
        record(context, request, { principal, tenant, source }, "source.created", {
          access: { kind: "source", source },
          after: source,
        }),
      );
      const shown = presentSource(context, source);
      return reply.code(201).send(token === undefined ? shown : { ...shown, token });
    },
  );

  app.get<{ Params: SourceId }>(
    "/v1/sources/:id",
    { schema: { ...meta, summary: "One source, and how far it has come", params: SourceParams } },
    async (request) => presentSource(context, enterSource(context, request, "sources:read").source),
  );

  app.patch<{ Params: SourceId; Body: SourceChange }>(
    "/v1/sources/:id",
    { schema: { ...meta, summary: "Change a source", params: SourceParams, body: SourceChangeSchema } },
    async (request) => {
      const at = enterSource(context, request, "sources:write");
      const before = at.source;
      const { name = before.name, enabled = before.isEnabled, settings = before.settings } = request.body;
      const secrets = { ...before.secrets, ...request.body.secrets };
      const kind = kindOf(before.kind);
      if (kind === undefined) throw new CairnError("state_conflict", "this program does not know this kind of source");
      checkSettings(kind, settings, context);
      checkFixed(kind, before.settings, settings);
      checkSecrets(kind, secrets);
      const after = { ...before, name, isEnabled: enabled, settings, secrets, version: before.version + 1 };
      await context.sources.listeners.claiming(after, () =>
        record(context, request, at, "source.updated", {
          ...{ access: { kind: "source", source: after }, before, after },
          secretsChanged: Object.keys(request.body.secrets ?? {}),
        }),
      );
      return presentSource(context, after);
    },
  );

  app.post<{ Params: SourceId }>(
    "/v1/sources/:id/token",
    { schema: { ...meta, summary: "Replace the token of a webhook; it is shown this once", params: SourceParams } },
    async (request, reply) => {
      const at = enterSource(context, request, "sources:write");
      if (at.source.tokenDigest === undefined) throw new CairnError("state_conflict", "only a webhook has a token");
      const token = TOKEN_PREFIX + newToken();
      const after = { ...at.source, tokenDigest: tokenDigest(token), version: at.source.version + 1 };
      await record(context, request, at, "source.token_replaced", { access: { kind: "source", source: after } });
      return reply.code(201).send({ ...presentSource(context, after), token });
    },
  );

  app.delete<{ Params: SourceId }>(
    "/v1/sources/:id",
    { schema: { ...meta, summary: "Remove a source; what it brought stays", params: SourceParams } },
    async (request, reply) => {
      const at = enterSource(context, request, "sources:write");
      await record(context, request, at, "source.removed", {
        access: { kind: "no_source", id: at.source.id },
        before: at.source,
      });
      return reply.code(204).send();
    },
  );
}

/** What is changed, and what the log says of it. */
interface Change {
  readonly access: AccessChange;
  readonly before?: Source;
  readonly after?: Source;
  /** Names of secrets that were given anew. */
  readonly secretsChanged?: readonly string[];
}

async function record(
  context: ServerContext,
  request: FastifyRequest,
  { principal, tenant, source }: AtSource,
  action: string,
  { access, before, after, secretsChanged = [] }: Change,
): Promise<void> {
  const changes = changedFields(before === undefined ? {} : stateOf(before), after === undefined ? {} : stateOf(after));
  await perform(
    context,
    { principal, request },
    {
      ...{ tenant, access: [access], action, category: "settings", changes },
      target: { type: "source", id: source.id, name: after?.name ?? source.name },
      details: { kind: source.kind, ...(secretsChanged.length === 0 ? {} : { secrets_changed: secretsChanged }) },
    },
  );
  await context.sources.changed(source.id);
}
