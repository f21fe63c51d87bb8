import { CairnError } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import { Passkeys } from "../../access/sign-in/passkeys.ts";
import type { ServerContext } from "../../context.ts";
import { setSessionCookie } from "../../http/identify-session.ts";
import { requireIdentity } from "../../http/principal.ts";
import {
  type MethodsBody,
  MethodsSchema,
  type PasskeySignIn,
  PasskeySignInSchema,
  type SignInBody,
  SignInSchema,
} from "./schema.ts";

/** Signing in by password or passkey, and who is signed in. */
export function signInRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["session"] };

  app.get(
    "/v1/session",
    { schema: { ...meta, summary: "Who sends this request, and what they may do" } },
    async (request) => {
      const principal = requireIdentity(context, request);
      const { registry } = context.side;
      const tenant = principal.tenantNo === undefined ? undefined : registry.tenant(principal.tenantNo);
      return {
        kind: principal.kind,
        id: principal.id,
        name: principal.name ?? null,
        email: principal.email ?? null,
        role: principal.role ?? null,
        project: registry.projectOf(principal.projectNo)?.id ?? null,
        tenant: tenant?.id ?? null,
        permissions: [...principal.permissions].toSorted(),
        walled: principal.wall !== undefined,
        operator: principal.isOperator,
        /** The tenant wants a second factor: nothing else can be done before one is set up. */
        second_factor_missing: principal.lacksSecondFactor === true,
        /** A link's session can become a member's. */
        may_become_member: principal.kind === "link",
      };
    },
  );

  app.post<{ Body: SignInBody }>(
    "/v1/session",
    { schema: { ...meta, summary: "Sign in by password", body: SignInSchema } },
    async (request, reply) => {
      const session = await context.signIn.withPassword(request, request.body);
      setSessionCookie({ request, reply }, session);
      return reply.send({ expires_at: new Date(session.expiresAtMs).toISOString() });
    },
  );

  app.post<{ Body: MethodsBody }>(
    "/v1/session/methods",
    { schema: { ...meta, summary: "How somebody of this e-mail domain signs in", body: MethodsSchema } },
    async (request) => {
      // The domain decides, never the account: whether there is one is nobody's business.
      const domain = request.body.email.split("@").at(-1) ?? "";
      const { providers } = context.side.access;
      const tenantNo = providers.tenantOfDomain(domain);
      const hasProvider = tenantNo !== undefined && providers.find(tenantNo) !== undefined;
      return { methods: [...(hasProvider ? ["oidc"] : []), "password", "passkey"] };
    },
  );

  app.post(
    "/v1/session/passkey/options",
    { schema: { ...meta, summary: "Begin to sign in with a passkey" } },
    async () => context.passkeys.signInOptions(),
  );

  app.post<{ Body: PasskeySignIn }>(
    "/v1/session/passkey",
    { schema: { ...meta, summary: "Sign in with a passkey", body: PasskeySignInSchema } },
    async (request, reply) => {
      const claimed = Passkeys.claimedMember(request.body.response);
      const member = claimed === undefined ? undefined : context.side.access.members.find(claimed);
      const refusal = new CairnError("sign_in_failed", "the passkey was not accepted");
      if (member === undefined) throw refusal;
      const session = await context.signIn.open(request, { member, method: "passkey" }, async (fresh) => ({
        ...fresh,
        credentials: { ...fresh.credentials, passkeys: await context.passkeys.verify(fresh, request.body) },
      }));
      if (session === undefined) throw refusal;
      setSessionCookie({ request, reply }, session);
      return reply.send({ expires_at: new Date(session.expiresAtMs).toISOString() });
    },
  );
}
