import { CairnError } from "@cairn/event";
import type { IdentityProvider, Role } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import { changedFields, perform } from "../../access/change-log.ts";
import { isOperatorTenant } from "../../access/operator-tenant.ts";
import type { ServerContext } from "../../context.ts";
import { enter } from "../../http/principal.ts";
import { type Provider, ProviderSchema } from "./schema.ts";

/** The tenant's OpenID Connect provider. */
export function providerRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["access"] };
  const { providers } = context.side.access;

  app.get(
    "/v1/identity-provider",
    { schema: { ...meta, summary: "The tenant's identity provider" } },
    async (request) => {
      const { tenant } = enter(context, request, "settings:read");
      const provider = providers.find(tenant.no);
      return {
        provider: provider === undefined ? null : presentProvider(provider),
        domains: providers.domainsOf(tenant.no),
        redirect_uri: `${context.url()}/v1/session/oidc/callback`,
      };
    },
  );

  app.put<{ Body: Provider }>(
    "/v1/identity-provider",
    { schema: { ...meta, summary: "Set up the tenant's identity provider", body: ProviderSchema } },
    async (request) => {
      const { principal, tenant } = enter(context, request, "sign-in:write");
      const before = providers.find(tenant.no);
      const { body } = request;
      const clientSecret = body.client_secret ?? before?.clientSecret;
      if (clientSecret === undefined) throw new CairnError("parameter_invalid", "client_secret is missing");
      context.oidc.checkIssuer(body.issuer);
      const { roles = {}, default_role: defaultRole } = body;
      const given = [...Object.values(roles), ...(defaultRole === undefined ? [] : [defaultRole])];
      checkRoles(given, { isOperator: isOperatorTenant(tenant) });
      const provider: IdentityProvider = {
        tenantNo: tenant.no,
        issuer: body.issuer,
        clientId: body.client_id,
        clientSecret,
        groupsClaim: body.groups_claim ?? "groups",
        roles,
        defaultRole,
      };
      await perform(
        context,
        { principal, request },
        {
          tenant,
          access: [{ kind: "provider", provider }],
          action: "identity_provider.updated",
          category: "settings",
          target: { type: "identity_provider", id: provider.issuer },
          changes: changedFields(before === undefined ? {} : presentProvider(before), presentProvider(provider)),
          details: { secret_changed: clientSecret !== before?.clientSecret },
        },
      );
      return presentProvider(provider);
    },
  );

  app.delete(
    "/v1/identity-provider",
    { schema: { ...meta, summary: "Do without an identity provider" } },
    async (request, reply) => {
      const { principal, tenant } = enter(context, request, "sign-in:write");
      const before = providers.find(tenant.no);
      if (before === undefined) throw new CairnError("not_found", "there is no identity provider");
      await perform(
        context,
        { principal, request },
        {
          tenant,
          access: [{ kind: "no_provider", tenantNo: tenant.no }],
          action: "identity_provider.removed",
          category: "settings",
          target: { type: "identity_provider", id: before.issuer },
          changes: changedFields(presentProvider(before), {}),
        },
      );
      return reply.code(204).send();
    },
  );
}

/** A provider makes no operators outside the operator's tenant, and no auditors: their time is set by hand. */
function checkRoles(roles: readonly Role[], { isOperator }: { readonly isOperator: boolean }): void {
  const wrong = roles.find((role) => role === "auditor" || (role === "operator") !== isOperator);
  if (wrong !== undefined)
    throw new CairnError("parameter_invalid", `roles: ${wrong} cannot be given by a provider here`);
}

function presentProvider({
  issuer,
  clientId,
  groupsClaim,
  roles,
  defaultRole,
}: IdentityProvider): Record<string, unknown> {
  return { issuer, client_id: clientId, groups_claim: groupsClaim, roles, default_role: defaultRole ?? null };
}
