import { randomBytes, timingSafeEqual } from "node:crypto";
import { deriveKey, keyedDigest } from "@cairn/ledger";

/** A signed-in browser: one tenant, until a time. */
export interface Session {
  readonly tenantNo: number;
  readonly projectNo: number;
  readonly expiresAtMs: number;
}

const SESSION_MS = 12 * 3_600_000;
const LINK_MS = 3_600_000;
export const SESSION_COOKIE = "cairn_session";

/**
 * First-use links and the sessions they open. A link works once within an hour and lives in memory only; a session is a
 * cookie signed with a key of the instance.
 */
export class SessionSigner {
  private readonly links = new Map<
    string,
    { readonly tenantNo: number; readonly projectNo: number; readonly expiresAtMs: number }
  >();
  private readonly key: Uint8Array;

  constructor(serverSecret: Uint8Array) {
    this.key = deriveKey(serverSecret, "sessions");
  }

  /** Makes the token of a link that signs in to a tenant. */
  issueLink(tenant: { readonly no: number; readonly projectNo: number }, nowMs: number): string {
    const token = randomBytes(24).toString("base64url");
    this.links.set(this.digest(token), {
      tenantNo: tenant.no,
      projectNo: tenant.projectNo,
      expiresAtMs: nowMs + LINK_MS,
    });
    return token;
  }

  /** Uses a link up and gives the session it opens. */
  redeemLink(token: string, nowMs: number): Session | undefined {
    const digest = this.digest(token);
    const link = this.links.get(digest);
    this.links.delete(digest);
    if (link === undefined || link.expiresAtMs <= nowMs) return undefined;
    return { tenantNo: link.tenantNo, projectNo: link.projectNo, expiresAtMs: nowMs + SESSION_MS };
  }

  /** Writes the cookie's value. */
  sign({ tenantNo, projectNo, expiresAtMs }: Session): string {
    const content = `${tenantNo}.${projectNo}.${expiresAtMs}`;
    return `${content}.${this.digest(content)}`;
  }

  /** Reads a cookie's value; undefined unless it is ours and live. */
  verify(cookie: string, nowMs: number): Session | undefined {
    const at = cookie.lastIndexOf(".");
    const content = cookie.slice(0, at);
    const given = Buffer.from(cookie.slice(at + 1));
    const expected = Buffer.from(this.digest(content));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const [tenantNo = 0, projectNo = 0, expiresAtMs = 0] = content.split(".").map(Number);
    return expiresAtMs > nowMs ? { tenantNo, projectNo, expiresAtMs } : undefined;
  }

  private digest(text: string): string {
    return keyedDigest(this.key, text, 32).toString("base64url");
  }
}
