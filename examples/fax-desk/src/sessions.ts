import { randomBytes, randomUUID } from "node:crypto";
import type { StaffMember } from "./staff.ts";

/** Somebody who is signed in. */
export interface Session {
  /** Named in the log; it opens nothing. */
  readonly id: string;
  readonly member: StaffMember;
  readonly untilMs: number;
}

/** A working day. */
const SESSION_MS = 10 * 3_600_000;
const TOKEN_BYTES = 32;
const COOKIE = "fax_desk";

/** Keeps who is signed in, in memory: a restart signs everybody out. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  /** Begins a session and gives the cookie that stands for it. */
  begin(member: StaffMember, id: string): string {
    const nowMs = Date.now();
    for (const [token, { untilMs }] of this.sessions) if (untilMs <= nowMs) this.sessions.delete(token);
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    this.sessions.set(token, { id, member, untilMs: nowMs + SESSION_MS });
    return `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${SESSION_MS / 1_000}`;
  }

  find(cookies: string | undefined): Session | undefined {
    const session = this.sessions.get(tokenIn(cookies));
    return session !== undefined && session.untilMs > Date.now() ? session : undefined;
  }

  /** Ends a session and gives the cookie that takes it away. */
  end(cookies: string | undefined): string {
    this.sessions.delete(tokenIn(cookies));
    return `${COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0`;
  }
}

/** Thinks of the name of a session. */
export function newSessionId(): string {
  return randomUUID();
}

function tokenIn(cookies = ""): string {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(cookies)?.[1] ?? "";
}
