import { CairnError } from "@cairn/event";
import type { Member, Role } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import { changedFields, futureTime, perform, shownTime } from "../../access/change-log.ts";
import { isOperatorTenant } from "../../access/operator-tenant.ts";
import { canManage } from "../../access/permissions.ts";
import type { Principal } from "../../access/principal.ts";
import { newId } from "../../access/token.ts";
import { checkWall } from "../../access/wall.ts";
import type { ServerContext } from "../../context.ts";
import { type Entered, enter } from "../../http/principal.ts";
import { deliver, prepareInvitation } from "./invite.ts";
import {
  type Id,
  IdParams,
  InvitationSchema,
  type MemberChange,
  MemberChangeSchema,
  type NewMember,
  NewMemberSchema,
} from "./schema.ts";

/** Members of a tenant: who may look at its log. */
export function memberRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["access"] };
  const { members } = context.side.access;

  app.get("/v1/members", { schema: { ...meta, summary: "Members, with those who were removed" } }, async (request) => {
    const { tenant } = enter(context, request, "members:read");
    return { members: members.list(tenant.no).map(presentMember) };
  });

  app.get<{ Params: Id }>(
    "/v1/members/:id",
    { schema: { ...meta, summary: "One member", params: IdParams } },
    async (request) => presentMember(findMember(context, enter(context, request, "members:read"), request.params.id)),
  );

  app.post<{ Body: NewMember }>(
    "/v1/members",
    { schema: { ...meta, summary: "Invite a member", body: NewMemberSchema } },
    async (request, reply) => {
      const entered = enter(context, request, "members:write");
      const member = inviteeOf(context, entered, request.body);
      const invitation = prepareInvitation(context, member);
      await perform(
        context,
        { ...entered, request },
        {
          tenant: entered.tenant,
          access: [{ kind: "member", member }, invitation.change],
          action: "member.invited",
          category: "people",
          target: targetOf(member),
          changes: changedFields({}, stateOf(member)),
        },
      );
      const { name: tenantName } = entered.tenant;
      const delivered = await deliver(context, invitation, { member, tenantName, send: request.body.send === true });
      return reply.code(201).send({ ...presentMember(member), invitation: delivered });
    },
  );

  app.patch<{ Params: Id; Body: MemberChange }>(
    "/v1/members/:id",
    { schema: { ...meta, summary: "Change a member", params: IdParams, body: MemberChangeSchema } },
    async (request) => {
      const entered = enter(context, request, "members:write");
      const before = managedMember(context, entered, request.params.id);
      const after = changed(context, entered, { before, change: request.body });
      if (before.role === "owner" && after.role !== "owner") demandOtherOwner(context, before);
      await perform(
        context,
        { ...entered, request },
        {
          tenant: entered.tenant,
          access: [{ kind: "member", member: after }],
          action: "member.updated",
          category: "people",
          target: targetOf(after),
          changes: changedFields(stateOf(before), stateOf(after)),
        },
      );
      return presentMember(after);
    },
  );

  app.delete<{ Params: Id }>(
    "/v1/members/:id",
    { schema: { ...meta, summary: "Remove a member; the name stays with what they did", params: IdParams } },
    async (request, reply) => {
      const entered = enter(context, request, "members:write");
      const before = managedMember(context, entered, request.params.id);
      if (before.role === "owner") demandOtherOwner(context, before);
      const removed: Member = { ...before, state: "removed", groups: [], credentials: {}, version: before.version + 1 };
      const { id: memberId } = before;
      await perform(
        context,
        { ...entered, request },
        {
          tenant: entered.tenant,
          access: [
            { kind: "member", member: removed },
            { kind: "no_sessions_of", memberId },
            { kind: "no_invitation", memberId },
          ],
          action: "member.removed",
          category: "people",
          target: targetOf(before),
          changes: changedFields(stateOf(before), stateOf(removed)),
        },
      );
      return reply.code(204).send();
    },
  );

  app.post<{ Params: Id; Body: Static<typeof InvitationSchema> }>(
    "/v1/members/:id/invitation",
    {
      schema: {
        ...meta,
        summary: "Make another link that sets how to sign in",
        params: IdParams,
        body: InvitationSchema,
      },
    },
    async (request, reply) => {
      const entered = enter(context, request, "members:write");
      const member = managedMember(context, entered, request.params.id);
      const invitation = prepareInvitation(context, member);
      await perform(
        context,
        { ...entered, request },
        {
          tenant: entered.tenant,
          access: [invitation.change],
          action: "member.invitation_renewed",
          category: "people",
          target: targetOf(member),
        },
      );
      const { name: tenantName } = entered.tenant;
      const delivered = await deliver(context, invitation, { member, tenantName, send: request.body.send === true });
      return reply.code(201).send(delivered);
    },
  );
}

/** What an event names as its target. */
export function targetOf({ id, name }: Pick<Member, "id" | "name">) {
  return { type: "member", id, name };
}

/** A member as the API shows them: nothing they sign in with, but by what. */
export function presentMember(member: Member): object {
  const { credentials } = member;
  return {
    id: member.id,
    email: member.email,
    name: member.name,
    role: member.role,
    state: member.state,
    groups: member.groups,
    wall: member.wall ?? null,
    created_at: shownTime(member.createdAtMs),
    expires_at: shownTime(member.expiresAtMs),
    last_sign_in_at: shownTime(member.lastSignInAtMs),
    signs_in_with: [
      ...(credentials.password === undefined ? [] : ["password"]),
      ...(credentials.totp === undefined ? [] : ["totp"]),
      ...(credentials.passkeys === undefined || credentials.passkeys.length === 0 ? [] : ["passkey"]),
      ...(credentials.oidc === undefined ? [] : ["oidc"]),
    ],
  };
}

/** What of a member is worth telling before and after. */
function stateOf(member: Member): Record<string, unknown> {
  const { role, state, name, email, groups, wall, expiresAtMs } = member;
  return { role, state, name, email, groups, wall, expires_at: shownTime(expiresAtMs) };
}

function findMember(context: ServerContext, { tenant }: Entered, id: string): Member {
  const member = context.side.access.members.find(id);
  if (member === undefined || member.tenantNo !== tenant.no)
    throw new CairnError("not_found", "there is no such member");
  return member;
}

/** A member whom the sender may change. @throws CairnError forbidden */
function managedMember(context: ServerContext, entered: Entered, id: string): Member {
  const member = findMember(context, entered, id);
  if (member.state === "removed") throw new CairnError("state_conflict", "the member was removed; invite them again");
  demandManageable(entered.principal, member.role);
  return member;
}

function demandManageable(principal: Principal, role: Role): void {
  if (principal.role !== undefined && !canManage(principal.role, role))
    throw new CairnError("forbidden", `your role does not manage ${role}s`);
}

/** Roles that make sense in a tenant, and what they demand. @throws CairnError parameter_invalid, forbidden */
function checkRole({ principal, tenant }: Entered, role: Role, expiresAtMs: number | undefined): void {
  const fits = (role === "operator") === isOperatorTenant(tenant) || (isOperatorTenant(tenant) && role === "auditor");
  if (!fits) throw new CairnError("parameter_invalid", `role: ${role} is none of this tenant`);
  if (role === "auditor" && expiresAtMs === undefined)
    throw new CairnError("parameter_invalid", "expires_at: an auditor's access is for a time");
  demandManageable(principal, role);
}

function checkGroups(context: ServerContext, tenantNo: number, groups: readonly string[]): void {
  const known = context.side.access.groups.list(tenantNo).map(({ id }) => id);
  const unknown = groups.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new CairnError("parameter_invalid", `groups: there is no group ${unknown}`);
}

/** The member an invitation is for: a new one, or one who was removed before. */
function inviteeOf(context: ServerContext, entered: Entered, body: NewMember): Member {
  const { tenant } = entered;
  const email = body.email.toLowerCase();
  const known = context.side.access.members.findIn(tenant.no, email);
  if (known !== undefined && known.state !== "removed")
    throw new CairnError("state_conflict", "there is a member with this address already");
  const expiresAtMs = body.expires_at === undefined ? undefined : futureTime(body.expires_at, "expires_at");
  const { role, wall, groups = [], name = email } = body;
  checkRole(entered, role, expiresAtMs);
  checkGroups(context, tenant.no, groups);
  if (wall !== undefined) checkWall(wall);
  return {
    id: known?.id ?? newId("mem"),
    tenantNo: tenant.no,
    role,
    state: "invited",
    groups,
    createdAtMs: known?.createdAtMs ?? Date.now(),
    expiresAtMs,
    lastSignInAtMs: known?.lastSignInAtMs,
    version: (known?.version ?? 0) + 1,
    email,
    name,
    wall,
    credentials: {},
  };
}

function changed(
  context: ServerContext,
  entered: Entered,
  { before, change }: { readonly before: Member; readonly change: MemberChange },
): Member {
  const { expires_at: expires } = change;
  const expiresAtMs =
    expires === undefined ? before.expiresAtMs : expires === null ? undefined : futureTime(expires, "expires_at");
  const wall = change.wall === undefined ? before.wall : (change.wall ?? undefined);
  const role = change.role ?? before.role;
  const groups = change.groups ?? before.groups;
  checkRole(entered, role, expiresAtMs);
  checkGroups(context, before.tenantNo, groups);
  if (wall !== undefined) checkWall(wall);
  return { ...before, name: change.name ?? before.name, role, groups, wall, expiresAtMs, version: before.version + 1 };
}

/** A tenant without an owner could only be helped from the command line. @throws CairnError state_conflict */
function demandOtherOwner({ side }: ServerContext, owner: Member): void {
  const others = side.access.members
    .list(owner.tenantNo)
    .filter(({ id, role, state }) => id !== owner.id && role === "owner" && state === "active");
  if (others.length === 0) throw new CairnError("state_conflict", "a tenant keeps at least one owner");
}

/** The member behind a session. @throws CairnError forbidden */
export function ownMember(context: ServerContext, principal: Principal): Member {
  const member = principal.kind === "member" ? context.side.access.members.find(principal.id) : undefined;
  if (member === undefined) throw new CairnError("forbidden", "only a member who signed in may do this");
  return member;
}
