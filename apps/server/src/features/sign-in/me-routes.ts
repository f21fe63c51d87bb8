import { CairnError } from "@cairn/event";
import type { AccessChange, Credentials, Member } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { changedFields, perform, shownTime } from "../../access/change-log.ts";
import { isOperatorTenant } from "../../access/operator-tenant.ts";
import type { Principal } from "../../access/principal.ts";
import { sealedToken } from "../../access/sealed-token.ts";
import { hashPassword, verifyPassword } from "../../access/sign-in/password.ts";
import { newRecoveryCodes, newTotpSecret, totpStep, totpUri } from "../../access/sign-in/second-factor.ts";
import { actorOfMember } from "../../access/sign-in/sign-in.ts";
import { newId } from "../../access/token.ts";
import type { ServerContext } from "../../context.ts";
import { setSessionCookie } from "../../http/identify-session.ts";
import { requireIdentity } from "../../http/principal.ts";
import { presentMember, targetOf } from "../access/member-routes.ts";
import {
  type BecomeMember,
  BecomeMemberSchema,
  type MyChange,
  MyChangeSchema,
  type NewPasskey,
  NewPasskeySchema,
  type PasskeyId,
  PasskeyParams,
  type PasswordChange,
  PasswordChangeSchema,
  type Proven,
  ProvenSchema,
  type TotpConfirm,
  TotpConfirmSchema,
} from "./schema.ts";
import { enterSelf, enterWholeSelf, type Self } from "./self.ts";

const SETTING_UP_MS = 15 * 60_000;
const MAX_PASSKEYS = 20;

/** What members do with their own account: how they sign in. */
export function meRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["session"] };
  const pendingSecrets = sealedToken<{ memberId: string; secret: string }>(
    context.side.secrets.serverSecret,
    "totp-states",
  );
  const save = async (
    request: FastifyRequest,
    self: Self,
    change: { readonly action: string; readonly credentials: Credentials; readonly more?: readonly AccessChange[] },
  ): Promise<Member> => {
    const { member, principal } = self;
    const after: Member = { ...member, credentials: change.credentials, version: member.version + 1 };
    await perform(
      context,
      { principal, request },
      {
        tenant: context.side.registry.tenant(member.tenantNo)!,
        access: [{ kind: "member", member: after }, ...(change.more ?? [])],
        action: change.action,
        category: "sign-in",
        target: targetOf(member),
      },
    );
    return after;
  };
  /** Whoever sits at a screen left open does not know the password. */
  const demandPassword = async (request: FastifyRequest, member: Member, password: string): Promise<void> => {
    context.locks.check({ account: member.email, address: request.ip });
    if (await verifyPassword(member.credentials.password, password)) return;
    throw context.signIn.fail(request, [member], { account: member.email, reason: "password" });
  };

  app.get("/v1/me", { schema: { ...meta, summary: "The member who is signed in" } }, async (request) =>
    presentSelf(enterSelf(context, request).member),
  );

  app.patch<{ Body: MyChange }>(
    "/v1/me",
    { schema: { ...meta, summary: "Change one's own name", body: MyChangeSchema } },
    async (request) => {
      const { member, principal } = enterWholeSelf(context, request);
      const { name = member.name } = request.body;
      const after: Member = { ...member, name, version: member.version + 1 };
      await perform(
        context,
        { principal, request },
        {
          tenant: context.side.registry.tenant(member.tenantNo)!,
          access: [{ kind: "member", member: after }],
          action: "member.updated",
          category: "people",
          target: targetOf(after),
          changes: changedFields({ name: member.name }, { name }),
        },
      );
      return presentSelf(after);
    },
  );

  app.post<{ Body: PasswordChange }>(
    "/v1/me/password",
    { schema: { ...meta, summary: "Change the password; other sessions end", body: PasswordChangeSchema } },
    async (request, reply) => {
      const self = enterWholeSelf(context, request);
      const { current = "", password } = request.body;
      if (self.member.credentials.password !== undefined) await demandPassword(request, self.member, current);
      const hash = await hashPassword(password);
      await save(request, self, {
        action: "member.password_changed",
        credentials: { ...self.member.credentials, password: hash },
        more: endOthers(context, self),
      });
      return reply.code(204).send();
    },
  );

  app.post("/v1/me/totp", { schema: { ...meta, summary: "Begin to set up an authenticator app" } }, async (request) => {
    const { member } = enterSelf(context, request);
    const secret = newTotpSecret();
    const state = pendingSecrets.write({ memberId: member.id, secret }, Date.now() + SETTING_UP_MS);
    return { secret, uri: totpUri(secret, member.email), state };
  });

  app.post<{ Body: TotpConfirm }>(
    "/v1/me/totp/confirm",
    {
      schema: {
        ...meta,
        summary: "Finish to set up an authenticator app; gives recovery codes",
        body: TotpConfirmSchema,
      },
    },
    async (request) => {
      const self = enterSelf(context, request);
      const pending = pendingSecrets.read(request.body.state, Date.now());
      const step =
        pending?.memberId === self.member.id ? totpStep(pending.secret, request.body.code, Date.now()) : undefined;
      if (pending === undefined || step === undefined)
        throw new CairnError("sign_in_failed", "the code is wrong, or it took too long");
      const { codes, digests } = newRecoveryCodes();
      const totp = { secret: pending.secret, lastStep: step };
      const credentials = { ...self.member.credentials, totp, recoveryCodes: digests };
      // They were opened without it, perhaps by somebody who knows no more than the password.
      await save(request, self, { action: "member.totp_added", credentials, more: endOthers(context, self) });
      return { recovery_codes: codes };
    },
  );

  app.post<{ Body: Proven }>(
    "/v1/me/totp/remove",
    { schema: { ...meta, summary: "Do without an authenticator app", body: ProvenSchema } },
    async (request, reply) => {
      const self = enterWholeSelf(context, request);
      await demandPassword(request, self.member, request.body.password);
      const { totp: _totp, recoveryCodes: _codes, ...credentials } = self.member.credentials;
      await save(request, self, { action: "member.totp_removed", credentials });
      return reply.code(204).send();
    },
  );

  app.post<{ Body: Proven }>(
    "/v1/me/recovery-codes",
    { schema: { ...meta, summary: "Make recovery codes in place of the old ones", body: ProvenSchema } },
    async (request) => {
      const self = enterWholeSelf(context, request);
      await demandPassword(request, self.member, request.body.password);
      if (self.member.credentials.totp === undefined)
        throw new CairnError("state_conflict", "recovery codes belong to an authenticator app");
      const { codes, digests } = newRecoveryCodes();
      const credentials = { ...self.member.credentials, recoveryCodes: digests };
      await save(request, self, { action: "member.recovery_codes_made", credentials });
      return { recovery_codes: codes };
    },
  );

  app.post("/v1/me/passkeys/options", { schema: { ...meta, summary: "Begin to add a passkey" } }, async (request) =>
    context.passkeys.registrationOptions(enterSelf(context, request).member),
  );

  app.post<{ Body: NewPasskey }>(
    "/v1/me/passkeys",
    { schema: { ...meta, summary: "Add a passkey", body: NewPasskeySchema } },
    async (request, reply) => {
      const self = enterSelf(context, request);
      const { passkeys = [] } = self.member.credentials;
      if (passkeys.length >= MAX_PASSKEYS)
        throw new CairnError("state_conflict", `there are ${MAX_PASSKEYS} passkeys; remove one first`);
      const made = await context.passkeys.register(self.member, request.body);
      const credentials = { ...self.member.credentials, passkeys: [...passkeys, made] };
      return reply
        .code(201)
        .send(presentSelf(await save(request, self, { action: "member.passkey_added", credentials })));
    },
  );

  app.delete<{ Params: PasskeyId }>(
    "/v1/me/passkeys/:id",
    { schema: { ...meta, summary: "Remove a passkey", params: PasskeyParams } },
    async (request, reply) => {
      const self = enterWholeSelf(context, request);
      const { passkeys = [] } = self.member.credentials;
      const left = passkeys.filter(({ id }) => id !== request.params.id);
      if (left.length === passkeys.length) throw new CairnError("not_found", "there is no such passkey");
      const credentials = { ...self.member.credentials, passkeys: left };
      await save(request, self, { action: "member.passkey_removed", credentials });
      return reply.code(204).send();
    },
  );

  app.post<{ Body: BecomeMember }>(
    "/v1/me/member",
    { schema: { ...meta, summary: "Become a member, from the session of a link", body: BecomeMemberSchema } },
    async (request, reply) => {
      const principal = requireIdentity(context, request);
      const tenant = principal.tenantNo === undefined ? undefined : context.side.registry.tenant(principal.tenantNo);
      if (principal.kind !== "link" || tenant === undefined || principal.sessionId === undefined)
        throw new CairnError("forbidden", "only the session of a link can become a member's");
      const email = request.body.email.toLowerCase();
      if (context.side.access.members.findIn(tenant.no, email) !== undefined)
        throw new CairnError("state_conflict", "there is a member with this address already");
      const member: Member = {
        id: newId("mem"),
        tenantNo: tenant.no,
        role: isOperatorTenant(tenant) ? "operator" : "owner",
        state: "active",
        groups: [],
        createdAtMs: Date.now(),
        expiresAtMs: undefined,
        lastSignInAtMs: undefined,
        version: 1,
        email,
        name: request.body.name,
        wall: undefined,
        credentials: { password: await hashPassword(request.body.password) },
      };
      await perform(
        context,
        { principal, request },
        {
          tenant,
          access: [
            { kind: "member", member },
            { kind: "no_session", id: principal.sessionId },
          ],
          action: "member.joined",
          category: "people",
          target: targetOf(member),
          details: { role: member.role },
        },
      );
      const session = await context.sessions.open(request, {
        ...{ tenantNo: tenant.no, member, method: "password" },
        actor: actorOfMember(member),
      });
      setSessionCookie({ request, reply }, session);
      return reply.code(201).send(presentSelf(member));
    },
  );
}

/** Ends every session of a member but the one that asks. */
function endOthers(
  { sessions }: ServerContext,
  { member, principal }: { readonly member: Member; readonly principal: Principal },
): AccessChange[] {
  return sessions
    .list(member.tenantNo)
    .filter(({ memberId, id }) => memberId === member.id && id !== principal.sessionId)
    .map(({ id }) => ({ kind: "no_session", id }));
}

function presentSelf(member: Member): object {
  const { passkeys = [], recoveryCodes = [] } = member.credentials;
  return {
    ...presentMember(member),
    passkeys: passkeys.map(({ id, name, createdAtMs }) => ({ id, name, created_at: shownTime(createdAtMs) })),
    recovery_codes_left: recoveryCodes.length,
  };
}
