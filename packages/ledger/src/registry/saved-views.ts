import type { Database } from "../storage/database.ts";
import type { SealedRows } from "./sealed-rows.ts";

/** What a view of the log shows. */
export interface ViewContent {
  readonly name: string;
  /** Query. */
  readonly q: string;
  /** `24h`, `7d`, `30d`, `12m`, `all`, or two times, RFC 3339, either of which may be absent. */
  readonly range?: string | { readonly from?: string; readonly to?: string };
  /** Columns from left to right. */
  readonly columns?: readonly string[];
  readonly sort?: string;
  readonly order?: "asc" | "desc";
  /** IANA time zone. */
  readonly zone?: string;
}

/** A view that somebody saved. */
export interface SavedView {
  /** `vew_` and 20 random characters. */
  readonly id: string;
  readonly tenantNo: number;
  /** The member who made it; undefined: a key or a link. */
  readonly ownerId: string | undefined;
  /** Everybody of the tenant sees it; else only its owner. */
  readonly isShared: boolean;
  readonly createdAtMs: number;
  readonly content: ViewContent;
}

interface Row {
  id: string;
  tenant_no: number;
  owner_id: string | null;
  is_shared: number;
  created_at: number;
  sealed: Uint8Array;
}

/** Saved views, by tenant. Their queries may name people, so they are sealed. */
export class SavedViews {
  private readonly db: Database;
  private readonly rows: SealedRows;

  constructor(db: Database, rows: SealedRows) {
    this.db = db;
    this.rows = rows;
  }

  /** Views of a tenant, whoever they belong to, oldest first. */
  list(tenantNo: number): SavedView[] {
    return this.db
      .all<Row>("SELECT * FROM saved_views WHERE tenant_no = ? ORDER BY created_at, id", tenantNo)
      .map((row) => ({
        id: row.id,
        tenantNo,
        ownerId: row.owner_id ?? undefined,
        isShared: row.is_shared === 1,
        createdAtMs: row.created_at,
        content: this.rows.open({ tenantNo, kind: "saved-view", id: row.id }, row.sealed) as ViewContent,
      }));
  }

  put({ id, tenantNo, ownerId, isShared, createdAtMs, content }: SavedView): void {
    const sealed = this.rows.close({ tenantNo, kind: "saved-view", id }, content);
    this.db.run(
      "INSERT OR REPLACE INTO saved_views VALUES (?, ?, ?, ?, ?, ?)",
      id,
      tenantNo,
      ownerId ?? null,
      isShared ? 1 : 0,
      createdAtMs,
      sealed,
    );
  }

  delete(id: string): boolean {
    return this.db.run("DELETE FROM saved_views WHERE id = ?", id).changes === 1;
  }
}
