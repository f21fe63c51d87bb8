import { CairnError } from "@cairn/event";
import type { IdentityProvider, Member, Tenant } from "@cairn/ledger";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { changedFields } from "../../access/change-log.ts";
import { OIDC_SIGN_IN_MS, type OidcIdentity, roleOfGroups } from "../../access/sign-in/oidc.ts";
import { actorOfMember, type Opened } from "../../access/sign-in/sign-in.ts";
import { demandLive } from "../../access/standing.ts";
import { newId } from "../../access/token.ts";
import type { ServerContext } from "../../context.ts";
import { setSessionCookie } from "../../http/identify-session.ts";
import { protect } from "../page/send-file.ts";
import { type OidcStart, OidcStartSchema } from "./schema.ts";

const COOKIE = "cairn_oidc";
const PATH = "/v1/session/oidc";

/** Signing in at the tenant's identity provider: there by redirect, back by redirect. */
export function oidcRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["session"] };

  app.get<{ Querystring: OidcStart }>(
    PATH,
    {
      schema: {
        ...meta,
        summary: "Go and sign in at the identity provider of an e-mail domain",
        querystring: OidcStartSchema,
      },
    },
    async (request, reply) => {
      const { email } = request.query;
      const { providers } = context.side.access;
      const tenantNo = providers.tenantOfDomain(email.split("@").at(-1) ?? "");
      const provider = tenantNo === undefined ? undefined : providers.find(tenantNo);
      if (provider === undefined) throw new CairnError("not_found", "this domain has no identity provider");
      const { url, cookie } = await context.oidc.begin(provider, email);
      reply.setCookie(COOKIE, cookie, { ...cookieOptions(request), maxAge: OIDC_SIGN_IN_MS / 1_000 });
      return reply.redirect(url, 303);
    },
  );

  app.get(
    `${PATH}/callback`,
    { schema: { ...meta, summary: "Come back from the identity provider" }, exposeHeadRoute: false },
    async (request, reply) => {
      protect(reply).header("cache-control", "no-store");
      reply.clearCookie(COOKIE, cookieOptions(request));
      try {
        setSessionCookie({ request, reply }, await comeBack(context, request));
      } catch (error) {
        if (!(error instanceof CairnError) || error.code === "internal") throw error;
        context.log.info({ code: error.code }, "a sign-in at an identity provider failed");
        return page(reply.code(error.status), `Signing in did not work: ${error.message}.`);
      }
      // A strict cookie does not come along on the way from elsewhere: this page goes on by itself.
      return page(reply.header("refresh", "0; url=/"), "You are signed in.");
    },
  );
}

/** Lax: the way back begins at the provider. */
function cookieOptions(request: FastifyRequest) {
  return { path: PATH, httpOnly: true, sameSite: "lax", secure: request.protocol === "https" } as const;
}

/** `sentence` is our own text: nothing that came with the request. */
function page(reply: FastifyReply, sentence: string): FastifyReply {
  return reply
    .type("text/html; charset=utf-8")
    .send(`<!doctype html><html lang="en"><title>Cairn</title><p>${sentence} <a href="/">Go on</a></p></html>`);
}

async function comeBack(context: ServerContext, request: FastifyRequest): Promise<Opened> {
  const cookie = request.cookies[COOKIE];
  const signIn = cookie === undefined ? undefined : context.oidc.resume(cookie);
  const { access, registry } = context.side;
  const provider = signIn && access.providers.find(signIn.tenantNo);
  const tenant = signIn && registry.tenant(signIn.tenantNo);
  if (signIn === undefined || provider === undefined || tenant === undefined || tenant.deletedAtMs !== undefined)
    throw new CairnError("sign_in_failed", "it took too long, or began in another browser");
  demandLive(tenant);
  const identity = await context.oidc.finish(provider, signIn, request.url);
  const { email } = identity;
  const domain = email?.split("@").at(-1);
  if (email === undefined || domain === undefined || access.providers.tenantOfDomain(domain) !== tenant.no)
    throw new CairnError("sign_in_failed", "the provider gives no address of this organisation");
  const known = access.members.findIn(tenant.no, email);
  const member = known ?? (await join(context, { tenant, provider, identity: { ...identity, email } }));
  const opened = await context.signIn.open(request, { member, method: "oidc" }, (fresh) =>
    admitted(provider, { fresh, identity }),
  );
  if (opened === undefined) throw refused();
  return opened;
}

function refused(): CairnError {
  return new CairnError("sign_in_failed", "this person has no access here");
}

/** A member who comes through the provider: the same person as before, with the role that their groups give. Owners keep theirs. */
function admitted(
  provider: IdentityProvider,
  { fresh, identity }: { readonly fresh: Member; readonly identity: OidcIdentity },
): Member | undefined {
  const { issuer, subject } = identity;
  const before = fresh.credentials.oidc;
  // An address that was given to somebody else is somebody else.
  if (before !== undefined && (before.issuer !== issuer || before.subject !== subject)) return undefined;
  const role = fresh.role === "owner" ? fresh.role : (roleOfGroups(provider, identity.groups) ?? fresh.role);
  return { ...fresh, role, credentials: { ...fresh.credentials, oidc: { issuer, subject } } };
}

/** Makes a member of whom the provider vouches for. @throws CairnError sign_in_failed when no group of theirs has a role */
async function join(
  context: ServerContext,
  at: {
    readonly tenant: Tenant;
    readonly provider: IdentityProvider;
    readonly identity: OidcIdentity & { readonly email: string };
  },
): Promise<Member> {
  const { tenant, provider, identity } = at;
  const role = roleOfGroups(provider, identity.groups) ?? provider.defaultRole;
  if (role === undefined) throw refused();
  const { email, issuer, subject, name = email } = identity;
  const member: Member = {
    id: newId("mem"),
    tenantNo: tenant.no,
    role,
    state: "active",
    groups: [],
    createdAtMs: Date.now(),
    expiresAtMs: undefined,
    lastSignInAtMs: undefined,
    version: 1,
    email,
    name,
    wall: undefined,
    credentials: { oidc: { issuer, subject } },
  };
  const event = {
    action: "member.joined",
    actor: actorOfMember(member),
    targets: [{ type: "member", id: member.id, name }],
    changes: changedFields({}, { role, state: "active" }),
    details: { through: issuer },
  };
  await context.own.change([{ kind: "member", member }], [{ tenantNo: tenant.no, category: "people", event }]);
  return member;
}
