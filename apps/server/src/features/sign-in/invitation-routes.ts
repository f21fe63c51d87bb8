import { CairnError } from "@cairn/event";
import type { Member } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import { contextOf } from "../../access/actor.ts";
import { hashPassword } from "../../access/sign-in/password.ts";
import { actorOfMember } from "../../access/sign-in/sign-in.ts";
import { demandLive } from "../../access/standing.ts";
import { tokenDigest } from "../../access/token.ts";
import type { ServerContext } from "../../context.ts";
import { setSessionCookie } from "../../http/identify-session.ts";
import { type Accept, AcceptSchema, type InvitationToken, InvitationTokenSchema } from "./schema.ts";

/** Links that let a member choose how to sign in: for the first time, or anew. */
export function invitationRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["session"] };

  app.post<{ Body: InvitationToken }>(
    "/v1/invitations/inspect",
    { schema: { ...meta, summary: "Whom an invitation is for", body: InvitationTokenSchema } },
    async (request) => {
      const { member, tenantName } = invited(context, request.body.token);
      return { email: member.email, name: member.name, tenant: tenantName, is_reset: member.state === "active" };
    },
  );

  app.post<{ Body: Accept }>(
    "/v1/invitations/accept",
    { schema: { ...meta, summary: "Choose a password and sign in", body: AcceptSchema } },
    async (request, reply) => {
      const { token, password, name } = request.body;
      const { member } = invited(context, token);
      const hash = await hashPassword(password);
      const { oidc } = member.credentials;
      // Every other way in ends: this may be about a telephone that somebody else has now.
      const after: Member = {
        ...member,
        state: "active",
        name: name ?? member.name,
        credentials: { password: hash, ...(oidc === undefined ? {} : { oidc }) },
        version: member.version + 1,
      };
      const event = {
        action: member.state === "active" ? "member.credentials_reset" : "member.joined",
        actor: actorOfMember(after),
        context: contextOf(request),
        targets: [{ type: "member", id: after.id, name: after.name }],
      };
      await context.own.change(
        [
          { kind: "invitation_used", digest: tokenDigest(token) },
          { kind: "member", member: after },
          { kind: "no_sessions_of", memberId: after.id },
        ],
        [{ tenantNo: after.tenantNo, category: "people", event }],
      );
      const session = await context.signIn.open(request, { member: after, method: "password" }, (fresh) => fresh);
      if (session === undefined) throw gone();
      setSessionCookie({ request, reply }, session);
      return reply.send({ expires_at: new Date(session.expiresAtMs).toISOString() });
    },
  );
}

/** @throws CairnError link_invalid */
function invited(context: ServerContext, token: string): { readonly member: Member; readonly tenantName: string } {
  const { access, registry } = context.side;
  const invitation = access.invitations.find(tokenDigest(token), Date.now());
  const member = invitation && access.members.find(invitation.memberId);
  const tenant = member && registry.tenant(member.tenantNo);
  if (member === undefined || tenant === undefined || tenant.deletedAtMs !== undefined || member.state === "removed")
    throw gone();
  if (member.expiresAtMs !== undefined && member.expiresAtMs <= Date.now()) throw gone();
  demandLive(tenant);
  return { member, tenantName: tenant.name };
}

function gone(): CairnError {
  return new CairnError("link_invalid", "the link has been used, has run out or was taken back");
}
