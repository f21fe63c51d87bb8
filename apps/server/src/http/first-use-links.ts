import { randomBytes } from "node:crypto";
import { deriveKey, keyedDigest } from "@cairn/ledger";

/** A tenant that a link signs in to. */
export interface LinkTarget {
  readonly tenantNo: number;
}

const LINK_MS = 3_600_000;

/** First-use links: each works once within an hour and lives in memory only. */
export class FirstUseLinks {
  private readonly links = new Map<string, LinkTarget & { readonly expiresAtMs: number }>();
  private readonly key: Uint8Array;

  constructor(serverSecret: Uint8Array) {
    this.key = deriveKey(serverSecret, "first-use");
  }

  /** Makes the token of a link that signs in to a tenant. */
  issue(tenant: { readonly no: number }, nowMs: number): string {
    const token = randomBytes(24).toString("base64url");
    this.links.set(this.digest(token), { tenantNo: tenant.no, expiresAtMs: nowMs + LINK_MS });
    return token;
  }

  /** Uses a link up and tells what it signs in to. */
  redeem(token: string, nowMs: number): LinkTarget | undefined {
    const digest = this.digest(token);
    const link = this.links.get(digest);
    this.links.delete(digest);
    return link === undefined || link.expiresAtMs <= nowMs ? undefined : { tenantNo: link.tenantNo };
  }

  private digest(text: string): string {
    return keyedDigest(this.key, text, 32).toString("base64url");
  }
}
