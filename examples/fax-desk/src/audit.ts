import { createCairn } from "@cairn/sdk";
import type { Config } from "./config.ts";
import type { Fax } from "./ringcentral.ts";
import type { Session } from "./sessions.ts";
import type { StaffMember } from "./staff.ts";

/** Where a request came from. */
export interface Caller {
  readonly ip: string;
  readonly userAgent: string | undefined;
}

/** How the pages of a fax leave the desk. */
export type Method = "view" | "download";

/** Somebody waits in front of the screen for so long until it is said that nothing can be shown. */
const PATIENCE_MS = 3_000;

/** The desk's log. What is awaited is on the disk of Cairn when the promise resolves; when it rejects, nothing may be shown. */
export interface AuditLog {
  signedIn(session: Pick<Session, "id" | "member">, caller: Caller): Promise<void>;
  faxOpened(session: Session, fax: Fax, how: { readonly method: Method; readonly caller: Caller }): Promise<void>;
  signInFailed(email: string, caller: Caller): void;
  signedOut(session: Session, caller: Caller): void;
  listed(session: Session, count: number, caller: Caller): void;
  /** Sends what is still under way. */
  close(): Promise<void>;
}

/** Opens the log. Two clients: one that gives up soon because somebody waits, one that has time. */
export function openAuditLog({ url, key }: Config["cairn"]): AuditLog {
  const retry = { baseDelayMs: 100, maxDelayMs: 500, giveUpAfterMs: PATIENCE_MS };
  const awaited = createCairn({ url, key, source: "fax-desk", lingerMs: 0, requestTimeoutMs: PATIENCE_MS, retry });
  const background = createCairn({ url, key, source: "fax-desk" });
  return {
    async signedIn(session, caller) {
      await awaited.logAndWait({ action: "session.login", verb: "login", ...by(session, caller) });
    },
    async faxOpened(session, fax, { method, caller }) {
      await awaited.logAndWait({
        action: "fax.opened",
        verb: method === "view" ? "read" : "copy",
        category: "message_access",
        data_category: "fax",
        ...by(session, caller),
        targets: [{ type: "fax", id: fax.id, name: `Fax from ${fax.from}` }],
        details: { method, received_at: fax.receivedAt, ...(fax.pages === undefined ? {} : { pages: fax.pages }) },
      });
    },
    signInFailed(email, caller) {
      background.log({
        action: "session.login",
        verb: "login",
        actor: { type: "anonymous" },
        context: contextOf(caller),
        outcome: { result: "failure", reason: "wrong address or password" },
        // As it was typed, and people type passwords into the wrong field.
        details: email.includes("@") ? { email: email.slice(0, 200) } : {},
      });
    },
    signedOut(session, caller) {
      background.log({ action: "session.logout", verb: "logout", ...by(session, caller) });
    },
    listed(session, count, caller) {
      background.log({ action: "fax.listed", verb: "search", ...by(session, caller), details: { count } });
    },
    async close() {
      await Promise.all([awaited.close({ timeoutMs: PATIENCE_MS }), background.close({ timeoutMs: PATIENCE_MS })]);
    },
  };
}

function by({ id, member }: Pick<Session, "id" | "member">, caller: Caller) {
  return { actor: actorOf(member), context: { ...contextOf(caller), session_id: id } } as const;
}

function actorOf({ id, name, email }: StaffMember) {
  return { type: "user", id, name, email } as const;
}

function contextOf({ ip, userAgent }: Caller) {
  return {
    ip,
    ...(userAgent === undefined ? {} : { user_agent: userAgent.slice(0, 1_000) }),
    client: { kind: "web", name: "fax-desk" },
  } as const;
}
