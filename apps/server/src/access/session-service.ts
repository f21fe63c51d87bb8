import type { AccessStore, Member, Session, SignInMethod } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import { contextOf, type OwnActor } from "./actor.ts";
import type { OwnLog } from "./own-log.ts";
import { newId, newToken, tokenDigest } from "./token.ts";

/** When a session was last seen is written down this often at most. */
const SEEN_MS = 60_000;
const SWEEP_MS = 600_000;

/** How long sessions last. */
export interface SessionTimes {
  /** Without a request. */
  readonly idleMs: number;
  /** Whatever happens. */
  readonly absoluteMs: number;
}

/** Who signs in. */
export interface SigningIn {
  readonly tenantNo: number;
  /** Undefined: a link from the command line. */
  readonly member: Member | undefined;
  readonly method: SignInMethod;
  readonly actor: OwnActor;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Opens, finds and ends sessions. A session is a random token; only its digest is kept. */
export class SessionService {
  private readonly store: AccessStore;
  private readonly own: OwnLog;
  private readonly times: SessionTimes;
  private readonly timesOf: (tenantNo: number) => SessionTimes;
  /** When a session was seen after it was last written down. */
  private readonly seen = new Map<string, number>();
  private readonly sweeper: NodeJS.Timeout;

  constructor(parts: {
    readonly access: AccessStore;
    readonly own: OwnLog;
    /** Of the instance: no tenant's are longer. */
    readonly times: SessionTimes;
    readonly timesOf: (tenantNo: number) => SessionTimes;
  }) {
    this.store = parts.access;
    this.own = parts.own;
    this.times = parts.times;
    this.timesOf = parts.timesOf;
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeper.unref();
  }

  stop(): void {
    clearInterval(this.sweeper);
  }

  /** Opens a session and records that somebody signed in. The member is written with the time of it. */
  async open(
    request: FastifyRequest,
    who: SigningIn,
  ): Promise<{ readonly token: string; readonly expiresAtMs: number }> {
    const nowMs = Date.now();
    const token = newToken();
    const session: Session = {
      id: newId("ses"),
      tenantNo: who.tenantNo,
      memberId: who.member?.id,
      createdAtMs: nowMs,
      lastSeenAtMs: nowMs,
      expiresAtMs: Math.min(
        nowMs + this.timesOf(who.tenantNo).absoluteMs,
        who.member?.expiresAtMs ?? Number.MAX_SAFE_INTEGER,
      ),
      method: who.method,
      address: request.ip,
      userAgent: (request.headers["user-agent"] ?? "").slice(0, 500),
    };
    const { member } = who;
    await this.own.change(
      [
        ...(member === undefined
          ? []
          : [{ kind: "member", member: { ...member, lastSignInAtMs: nowMs, version: member.version + 1 } } as const]),
        { kind: "session", session, digest: tokenDigest(token) },
      ],
      [
        {
          tenantNo: who.tenantNo,
          category: "sign-in",
          event: {
            action: "member.signed_in",
            verb: "login",
            actor: who.actor,
            context: { ...contextOf(request), session_id: session.id },
            details: { method: who.method, ...who.details },
          },
        },
      ],
    );
    return { token, expiresAtMs: session.expiresAtMs };
  }

  /** The live session of a token, which counts as seen. */
  find(token: string): Session | undefined {
    const session = this.store.sessions.findByDigest(tokenDigest(token));
    if (session === undefined) return undefined;
    const nowMs = Date.now();
    const lastSeenMs = Math.max(session.lastSeenAtMs, this.seen.get(session.id) ?? 0);
    if (!this.isLive(session, lastSeenMs, nowMs)) return undefined;
    if (nowMs - lastSeenMs >= SEEN_MS || (!this.seen.has(session.id) && nowMs - session.lastSeenAtMs >= SEEN_MS))
      this.write(session.id, nowMs);
    return session;
  }

  /** A tenant's sessions that are live now, newest first. */
  list(tenantNo: number): Session[] {
    const nowMs = Date.now();
    return this.store.sessions.list(tenantNo).filter((session) => this.isLive(session, session.lastSeenAtMs, nowMs));
  }

  /** What the tenant allows now counts, also for sessions that began before. */
  private isLive({ tenantNo, createdAtMs, expiresAtMs }: Session, lastSeenMs: number, nowMs: number): boolean {
    const { idleMs, absoluteMs } = this.timesOf(tenantNo);
    return Math.min(expiresAtMs, createdAtMs + absoluteMs) > nowMs && lastSeenMs + idleMs > nowMs;
  }

  private write(id: string, nowMs: number): void {
    this.seen.set(id, nowMs);
    // When it cannot be written now, the next minute will.
    this.own.note([{ kind: "session_seen", id, atMs: nowMs }]);
  }

  private sweep(): void {
    const nowMs = Date.now();
    for (const [id, seenMs] of this.seen) if (seenMs + this.times.idleMs <= nowMs) this.seen.delete(id);
    this.own.note([{ kind: "ended_sessions", expiredMs: nowMs, idleSinceMs: nowMs - this.times.idleMs }]);
  }
}
