import type { Database } from "../storage/database.ts";

/** A link that lets a member set how to sign in, once. */
export interface Invitation {
  readonly memberId: string;
  readonly expiresAtMs: number;
}

/** Invitations and resets, found by the SHA-256 of their token. A member has one at most. */
export class Invitations {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  find(digest: Uint8Array, nowMs: number): Invitation | undefined {
    const row = this.db.get<{ member_id: string; expires_at: number }>(
      "SELECT member_id, expires_at FROM invitations WHERE digest = ? AND expires_at > ?",
      digest,
      nowMs,
    );
    return row === undefined ? undefined : { memberId: row.member_id, expiresAtMs: row.expires_at };
  }

  put({ memberId, expiresAtMs }: Invitation, digest: Uint8Array): void {
    this.db.run("INSERT OR REPLACE INTO invitations VALUES (?, ?, ?)", memberId, digest, expiresAtMs);
  }

  /** Uses an invitation up; false when it is gone already. */
  use(digest: Uint8Array): boolean {
    return this.db.run("DELETE FROM invitations WHERE digest = ?", digest).changes === 1;
  }

  deleteOf(memberId: string): void {
    this.db.run("DELETE FROM invitations WHERE member_id = ?", memberId);
  }
}
