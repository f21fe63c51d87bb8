import { CairnError } from "@cairn/event";
import type { Tenant, TenantSettings } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { changedFields, futureTime, perform, shownTime } from "../../access/change-log.ts";
import { changeTenant } from "../../access/change-settings.ts";
import type { ServerContext } from "../../context.ts";
import { type Entered, enter } from "../../http/principal.ts";
import { type OperatorAccess, OperatorAccessSchema, type Settings, SettingsSchema } from "./schema.ts";

/** Settings of a tenant, and whether operators may read it. */
export function settingsRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["access"] };

  /** With what the instance allows at most, which holds where the tenant says nothing. */
  const answer = (tenant: Pick<Tenant, "name" | "settings">) => ({
    ...presentSettings(tenant),
    instance: {
      session_idle_minutes: context.config.sessionIdleMinutes,
      session_hours: context.config.sessionHours,
    },
  });

  app.get("/v1/settings", { schema: { ...meta, summary: "Settings of the tenant" } }, async (request) =>
    answer(enter(context, request, "settings:read").tenant),
  );

  app.patch<{ Body: Settings }>(
    "/v1/settings",
    { schema: { ...meta, summary: "Change settings of the tenant", body: SettingsSchema } },
    async (request) => {
      const { principal, tenant: entered } = enter(context, request, "settings:write");
      const after = await changeTenant(context, entered.no, async (tenant, still) => {
        const { name = tenant.name, person_target_types: types, public_log: isPublic } = request.body;
        const settings: TenantSettings = {
          ...securityOf(context, tenant.settings, request.body),
          ...(types === undefined ? {} : { personTargetTypes: types }),
          ...(isPublic === undefined ? {} : { publicLog: isPublic }),
        };
        const changed = { ...tenant, name, settings };
        await perform(
          context,
          { principal, request },
          {
            tenant,
            access: [still, { kind: "tenant", no: tenant.no, standing: { name, settings } }],
            action: "settings.updated",
            category: "settings",
            target: { type: "tenant", id: tenant.id, name },
            changes: changedFields(presentSettings(tenant), presentSettings(changed)),
          },
        );
        return changed;
      });
      for (const thread of context.threads.ingest) thread.tell("refresh", undefined);
      return answer(after);
    },
  );

  app.put<{ Body: OperatorAccess }>(
    "/v1/operator-access",
    { schema: { ...meta, summary: "Let operators read the events, for a time", body: OperatorAccessSchema } },
    async (request) => {
      const entered = enter(context, request, "grants:write");
      const untilMs = futureTime(request.body.expires_at, "expires_at");
      await setOperatorAccess(context, { ...entered, request }, untilMs);
      return { expires_at: shownTime(untilMs) };
    },
  );

  app.delete(
    "/v1/operator-access",
    { schema: { ...meta, summary: "Let operators read the events no longer" } },
    async (request, reply) => {
      const entered = enter(context, request, "grants:write");
      await setOperatorAccess(context, { ...entered, request }, undefined);
      return reply.code(204).send();
    },
  );
}

function setOperatorAccess(
  context: ServerContext,
  entered: Entered & { readonly request: FastifyRequest },
  untilMs: number | undefined,
): Promise<void> {
  return changeTenant(context, entered.tenant.no, (tenant, still) => {
    const { operatorAccessUntilMs: beforeMs, ...rest } = tenant.settings;
    const settings = untilMs === undefined ? rest : { ...rest, operatorAccessUntilMs: untilMs };
    const field = "operator_access_until";
    return perform(context, entered, {
      tenant,
      access: [still, { kind: "tenant", no: tenant.no, standing: { settings } }],
      action: untilMs === undefined ? "operator_access.revoked" : "operator_access.granted",
      category: "settings",
      target: { type: "tenant", id: tenant.id, name: tenant.name },
      changes: changedFields({ [field]: shownTime(beforeMs) }, { [field]: shownTime(untilMs) }),
    });
  });
}

/** Settings with what the request says about signing in. A tenant can be stricter than its instance, never laxer. */
function securityOf({ config }: ServerContext, before: TenantSettings, body: Settings): TenantSettings {
  const { sessionIdleMinutes, sessionHours, ...rest } = before;
  const minutes = bounded("session_idle_minutes", body.session_idle_minutes, config.sessionIdleMinutes);
  const hours = bounded("session_hours", body.session_hours, config.sessionHours);
  const [idle, whole] = [
    minutes === undefined ? sessionIdleMinutes : (minutes ?? undefined),
    hours === undefined ? sessionHours : (hours ?? undefined),
  ];
  return {
    ...rest,
    ...(idle === undefined ? {} : { sessionIdleMinutes: idle }),
    ...(whole === undefined ? {} : { sessionHours: whole }),
    ...(body.second_factor_required === undefined ? {} : { needsSecondFactor: body.second_factor_required }),
  };
}

function bounded(name: string, value: number | null | undefined, most: number): number | null | undefined {
  if (typeof value === "number" && value > most)
    throw new CairnError("parameter_invalid", `${name}: the instance allows at most ${most}`);
  return value;
}

function presentSettings({ name, settings }: Pick<Tenant, "name" | "settings">): Record<string, unknown> {
  return {
    name,
    person_target_types: settings.personTargetTypes ?? [],
    public_log: settings.publicLog ?? false,
    second_factor_required: settings.needsSecondFactor ?? false,
    session_idle_minutes: settings.sessionIdleMinutes ?? null,
    session_hours: settings.sessionHours ?? null,
    default_view: settings.defaultView ?? null,
    operator_access_until: shownTime(settings.operatorAccessUntilMs),
  };
}
