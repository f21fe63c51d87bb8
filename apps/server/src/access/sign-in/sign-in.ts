import { CairnError } from "@cairn/event";
import type { Member, Tenant } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import { isActive } from "../../http/identify-session.ts";
import { contextOf, type OwnActor } from "../actor.ts";
import { Coalescer } from "../coalescer.ts";
import { operatorTenant } from "../operator-tenant.ts";
import type { LockOut } from "./lock-out.ts";
import { verifyPassword } from "./password.ts";
import { useCode } from "./second-factor.ts";

/** More tenants than one person belongs to; it bounds what one request may cost. */
const MAX_MEMBERSHIPS = 8;
/** Another request may have changed the member meanwhile. */
const TRIES = 3;
const UNKNOWN_MS = 15 * 60_000;

/** What somebody signs in with. */
export interface PasswordAttempt {
  readonly email: string;
  readonly password: string;
  readonly code?: string | undefined;
  /** Needed when the address belongs to several tenants. */
  readonly project?: string | undefined;
  readonly tenant?: string | undefined;
}

/** A session for a cookie. */
export interface Opened {
  readonly token: string;
  readonly expiresAtMs: number;
}

interface UnknownFailures {
  readonly tenantNo: number;
  readonly address: string;
  readonly count: number;
}

/** Lets people in by password, and records who got in and who did not. */
export class SignIn {
  private readonly context: ServerContext;
  private readonly locks: LockOut;
  private readonly unknown: Coalescer<UnknownFailures>;

  constructor(context: ServerContext, locks: LockOut) {
    this.context = context;
    this.locks = locks;
    this.unknown = new Coalescer<UnknownFailures>({
      own: context.own,
      add: (state, more) => ({ ...state, count: state.count + more.count }),
      event: unknownEvent,
    });
  }

  stop(): Promise<void> {
    return this.unknown.stop();
  }

  /** @throws CairnError sign_in_failed, sign_in_locked, second_factor_required, tenant_required */
  async withPassword(request: FastifyRequest, attempt: PasswordAttempt): Promise<Opened> {
    const account = attempt.email.toLowerCase();
    const at = { account, address: request.ip };
    this.locks.check(at);
    const candidates = this.candidates(attempt);
    const checks = candidates.length === 0 ? [undefined] : candidates;
    const results = await Promise.all(
      checks.map((member) => verifyPassword(member?.credentials.password, attempt.password)),
    );
    const right = candidates.filter((_, i) => results[i]);
    const [member, another] = right;
    if (member === undefined) throw this.fail(request, candidates, { account, reason: "password" });
    if (another !== undefined)
      throw new CairnError("tenant_required", "the address belongs to several tenants; give `project` and `tenant`");
    if (member.credentials.totp !== undefined && attempt.code === undefined)
      throw new CairnError("second_factor_required", "a code of the authenticator app is needed, too");
    const opened = await this.open(request, { member, method: "password" }, (fresh) => {
      if (fresh.credentials.password !== member.credentials.password) return undefined;
      if (fresh.credentials.totp === undefined) return fresh;
      const left = useCode(fresh.credentials, attempt.code ?? "", Date.now());
      return left === undefined ? undefined : { ...fresh, credentials: left };
    });
    if (opened === undefined) throw this.fail(request, [member], { account, reason: "code" });
    this.locks.succeeded(at);
    return opened;
  }

  /**
   * Opens a session for a member; `admit` looks at the newest state of them and gives what shall be kept, or undefined to
   * refuse.
   */
  async open(
    request: FastifyRequest,
    who: { readonly member: Member; readonly method: "password" | "passkey" | "oidc" },
    admit: (fresh: Member) => Member | undefined | Promise<Member | undefined>,
  ): Promise<Opened | undefined> {
    for (let tries = 1; ; tries++) {
      const fresh = this.context.side.access.members.find(who.member.id);
      const member = fresh === undefined || !isActive(fresh) ? undefined : await admit(fresh);
      if (member === undefined) return undefined;
      const { tenantNo } = member;
      try {
        const signingIn = { tenantNo, member, method: who.method, actor: actorOfMember(member) };
        return await this.context.sessions.open(request, signingIn);
      } catch (error) {
        const isOvertaken = error instanceof CairnError && error.code === "state_conflict";
        if (!isOvertaken || tries >= TRIES) throw error;
      }
    }
  }

  /**
   * Counts and records a failure, and gives the error to throw. Nobody waits for the record: an account that exists must not
   * take longer to refuse than one that does not.
   */
  fail(
    request: FastifyRequest,
    members: readonly Member[],
    { account, reason }: { readonly account: string; readonly reason: string },
  ): CairnError {
    const { isLocked } = this.locks.failed({ account, address: request.ip });
    void this.recordFailure(request, members, { reason, isLocked }).catch((error: unknown) =>
      this.context.log.error({ err: error }, "a failed sign-in could not be recorded"),
    );
    return new CairnError("sign_in_failed", "the address, the password or the code is wrong");
  }

  private async recordFailure(
    request: FastifyRequest,
    members: readonly Member[],
    { reason, isLocked }: { readonly reason: string; readonly isLocked: boolean },
  ): Promise<void> {
    if (members.length === 0) return this.recordUnknown(request);
    const context = contextOf(request);
    await this.context.own.record(
      members.flatMap((member) => {
        const { tenantNo } = member;
        const common = { actor: actorOfMember(member), context, details: { reason } };
        const failed = {
          ...common,
          action: "member.sign_in_failed",
          verb: "login",
          outcome: { result: "failure", reason },
        };
        const locked = { ...common, action: "member.locked_out", outcome: { result: "denied", reason } };
        return [failed, ...(isLocked ? [locked] : [])].map(
          (event) => ({ tenantNo, category: "sign-in", event }) as const,
        );
      }),
    );
  }

  /** Of addresses that nobody has, the operator's log counts how often, and from where; not what was typed. */
  private async recordUnknown({ ip }: FastifyRequest): Promise<void> {
    const { side, threads } = this.context;
    const tenant = await operatorTenant(side.registry, threads.writer);
    await this.unknown.count(ip, { tenantNo: tenant.no, address: ip, count: 1 }, Date.now() + UNKNOWN_MS);
  }

  private candidates({ email, project, tenant }: PasswordAttempt): Member[] {
    const { access, registry } = this.context.side;
    return access.members
      .withEmail(email)
      .filter((member) => {
        const own = registry.tenant(member.tenantNo);
        return (
          own !== undefined &&
          isActive(member) &&
          isOpen(own) &&
          (project === undefined || own.projectId === project) &&
          (tenant === undefined || own.id === tenant)
        );
      })
      .slice(0, MAX_MEMBERSHIPS);
  }
}

function isOpen({ suspendedAtMs, deletedAtMs }: Tenant): boolean {
  return suspendedAtMs === undefined && deletedAtMs === undefined;
}

/** A member as the actor of what happens at the door. */
export function actorOfMember({ id, name, email, role }: Member): OwnActor {
  return { type: role === "operator" ? "operator" : "user", id, name, email, role };
}

function unknownEvent({ tenantNo, address, count }: UnknownFailures) {
  return {
    tenantNo,
    category: "sign-in",
    event: {
      action: "member.sign_in_failed",
      verb: "login",
      actor: { type: "anonymous" },
      outcome: { result: "failure", reason: "unknown address" },
      context: { ip: address },
      details: { count },
    },
  } as const;
}
