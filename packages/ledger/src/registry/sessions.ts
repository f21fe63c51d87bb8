import type { Database } from "../storage/database.ts";
import type { SealedRows } from "./sealed-rows.ts";

/** How somebody signed in. */
export type SignInMethod = "password" | "passkey" | "oidc" | "link";

/** A signed-in browser. */
export interface Session {
  /** `ses_` and 20 random characters: for people; it opens nothing. */
  readonly id: string;
  readonly tenantNo: number;
  /** Undefined: opened by a link from the command line. */
  readonly memberId: string | undefined;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number;
  readonly expiresAtMs: number;
  readonly method: SignInMethod;
  readonly address: string;
  readonly userAgent: string;
}

interface Row {
  id: string;
  tenant_no: number;
  member_id: string | null;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
  sealed: Uint8Array;
}

type Sealed = Pick<Session, "method" | "address" | "userAgent">;

/** Sessions, found by the SHA-256 of their token. */
export class Sessions {
  private readonly db: Database;
  private readonly rows: SealedRows;

  constructor(db: Database, rows: SealedRows) {
    this.db = db;
    this.rows = rows;
  }

  findByDigest(digest: Uint8Array): Session | undefined {
    return this.open(this.db.get<Row>("SELECT * FROM sessions WHERE digest = ?", digest));
  }

  list(tenantNo: number): Session[] {
    return this.db
      .all<Row>("SELECT * FROM sessions WHERE tenant_no = ? ORDER BY created_at DESC, id", tenantNo)
      .map((row) => this.open(row)!);
  }

  insert(session: Session, digest: Uint8Array): void {
    const { id, tenantNo, method, address, userAgent } = session;
    const content: Sealed = { method, address, userAgent };
    this.db.run(
      "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      id,
      digest,
      tenantNo,
      session.memberId ?? null,
      session.createdAtMs,
      session.lastSeenAtMs,
      session.expiresAtMs,
      this.rows.close({ tenantNo, kind: "session", id }, content),
    );
  }

  touch(id: string, nowMs: number): void {
    this.db.run("UPDATE sessions SET last_seen_at = ? WHERE id = ?", nowMs, id);
  }

  delete(id: string): boolean {
    return this.db.run("DELETE FROM sessions WHERE id = ?", id).changes === 1;
  }

  deleteOf(memberId: string): void {
    this.db.run("DELETE FROM sessions WHERE member_id = ?", memberId);
  }

  /** Forgets sessions that have ended by themselves. */
  deleteEnded(until: { readonly expiredMs: number; readonly idleSinceMs: number }): void {
    this.db.run("DELETE FROM sessions WHERE expires_at <= ? OR last_seen_at <= ?", until.expiredMs, until.idleSinceMs);
  }

  private open(row: Row | undefined): Session | undefined {
    if (row === undefined) return undefined;
    const content = this.rows.open({ tenantNo: row.tenant_no, kind: "session", id: row.id }, row.sealed) as Sealed;
    return {
      id: row.id,
      tenantNo: row.tenant_no,
      memberId: row.member_id ?? undefined,
      createdAtMs: row.created_at,
      lastSeenAtMs: row.last_seen_at,
      expiresAtMs: row.expires_at,
      ...content,
    };
  }
}
