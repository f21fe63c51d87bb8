import { keyedDigest } from "../crypto/seal.ts";
import type { Database } from "../storage/database.ts";
import type { SealedRows } from "./sealed-rows.ts";

/** What a member is, the mightiest first. `operator` exists in the operator's tenant only. */
export const ROLES = ["operator", "owner", "administrator", "analyst", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** `removed` keeps the name for what the member did, and nothing to sign in with. */
export type MemberState = "invited" | "active" | "removed";

/** A person who may look at a tenant's log. */
export interface Member {
  /** `mem_` and 20 random characters. */
  readonly id: string;
  readonly tenantNo: number;
  readonly role: Role;
  readonly state: MemberState;
  /** Ids of groups. */
  readonly groups: readonly string[];
  readonly createdAtMs: number;
  /** Access ends by itself then. */
  readonly expiresAtMs: number | undefined;
  readonly lastSignInAtMs: number | undefined;
  /** Grows with every change: who writes an older one is refused. */
  readonly version: number;
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  /** Query that no look of this member leaves. */
  readonly wall: string | undefined;
  readonly credentials: Credentials;
}

/** What a member signs in with. */
export interface Credentials {
  /** PHC string of argon2id. */
  readonly password?: string;
  /** `lastStep`: time step of the last code that was taken; none is taken twice. */
  readonly totp?: { readonly secret: string; readonly lastStep: number };
  /** SHA-256 of each code that is left, hex. */
  readonly recoveryCodes?: readonly string[];
  readonly passkeys?: readonly Passkey[];
  /** Who the member is at the tenant's identity provider. */
  readonly oidc?: { readonly issuer: string; readonly subject: string };
}

export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  readonly name: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly createdAtMs: number;
}

interface Row {
  id: string;
  tenant_no: number;
  role: Role;
  state: MemberState;
  groups: string;
  created_at: number;
  expires_at: number | null;
  last_sign_in_at: number | null;
  version: number;
  sealed: Uint8Array;
}

type Sealed = Pick<Member, "email" | "name" | "credentials"> & { readonly wall?: string };

/** Members: found by id, by tenant, or by a keyed digest of their e-mail address. */
export class Members {
  private readonly db: Database;
  private readonly rows: SealedRows;
  private readonly emailKey: Uint8Array;

  constructor(db: Database, rows: SealedRows, emailKey: Uint8Array) {
    this.db = db;
    this.rows = rows;
    this.emailKey = emailKey;
  }

  find(id: string): Member | undefined {
    return this.open(this.db.get<Row>("SELECT * FROM members WHERE id = ?", id));
  }

  findIn(tenantNo: number, email: string): Member | undefined {
    const digest = this.digest(email);
    return this.open(
      this.db.get<Row>("SELECT * FROM members WHERE email_digest = ? AND tenant_no = ?", digest, tenantNo),
    );
  }

  /** Everybody with this address, of whichever tenant. */
  withEmail(email: string): Member[] {
    return this.db
      .all<Row>("SELECT * FROM members WHERE email_digest = ? ORDER BY created_at, id", this.digest(email))
      .map((row) => this.open(row)!);
  }

  list(tenantNo: number): Member[] {
    return this.db
      .all<Row>("SELECT * FROM members WHERE tenant_no = ? ORDER BY created_at, id", tenantNo)
      .map((row) => this.open(row)!);
  }

  /** Members of a tenant whose time ended within a span. */
  expired(tenantNo: number, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): Member[] {
    return this.db
      .all<Row>(
        "SELECT * FROM members WHERE tenant_no = ? AND expires_at > ? AND expires_at <= ?",
        tenantNo,
        fromMs,
        toMs,
      )
      .map((row) => this.open(row)!);
  }

  /** Writes a member if nobody else did since version `member.version - 1`; version 1 is a new one. */
  put(member: Member): boolean {
    const { id, tenantNo, email, name, wall, credentials } = member;
    const content: Sealed = { email, name, credentials, ...(wall === undefined ? {} : { wall }) };
    const sealed = this.rows.close({ tenantNo, kind: "member", id }, content);
    const values = [
      member.role,
      member.state,
      JSON.stringify(member.groups),
      member.expiresAtMs ?? null,
      member.lastSignInAtMs ?? null,
      member.version,
      sealed,
    ] as const;
    if (member.version === 1) {
      return (
        this.db.run(
          `INSERT INTO members (role, state, groups, expires_at, last_sign_in_at, version, sealed, id, tenant_no, email_digest, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          ...values,
          id,
          tenantNo,
          this.digest(email),
          member.createdAtMs,
        ).changes === 1
      );
    }
    return (
      this.db.run(
        `UPDATE members SET role = ?, state = ?, groups = ?, expires_at = ?, last_sign_in_at = ?, version = ?, sealed = ?
         WHERE id = ? AND version = ?`,
        ...values,
        id,
        member.version - 1,
      ).changes === 1
    );
  }

  private digest(email: string): Buffer {
    return keyedDigest(this.emailKey, email.toLowerCase(), 32);
  }

  private open(row: Row | undefined): Member | undefined {
    if (row === undefined) return undefined;
    const content = this.rows.open({ tenantNo: row.tenant_no, kind: "member", id: row.id }, row.sealed) as Sealed;
    return {
      id: row.id,
      tenantNo: row.tenant_no,
      role: row.role,
      state: row.state,
      groups: JSON.parse(row.groups) as string[],
      createdAtMs: row.created_at,
      expiresAtMs: row.expires_at ?? undefined,
      lastSignInAtMs: row.last_sign_in_at ?? undefined,
      version: row.version,
      email: content.email,
      name: content.name,
      wall: content.wall,
      credentials: content.credentials,
    };
  }
}
