import type { Database } from "../storage/database.ts";
import type { SealedRows } from "./sealed-rows.ts";

/** A group of members, walled or not. */
export interface MemberGroup {
  /** `grp_` and 20 random characters. */
  readonly id: string;
  readonly tenantNo: number;
  readonly name: string;
  /** Query that the group's members do not leave, unless another of their groups lets them. */
  readonly wall: string | undefined;
  readonly createdAtMs: number;
}

interface Row {
  id: string;
  tenant_no: number;
  created_at: number;
  sealed: Uint8Array;
}

/** Groups of members, by tenant. */
export class MemberGroups {
  private readonly db: Database;
  private readonly rows: SealedRows;

  constructor(db: Database, rows: SealedRows) {
    this.db = db;
    this.rows = rows;
  }

  list(tenantNo: number): MemberGroup[] {
    return this.db
      .all<Row>("SELECT * FROM member_groups WHERE tenant_no = ? ORDER BY created_at, id", tenantNo)
      .map((row): MemberGroup => {
        const place = { tenantNo, kind: "member-group", id: row.id };
        const { name, wall } = this.rows.open(place, row.sealed) as { name: string; wall?: string };
        return { id: row.id, tenantNo, name, wall, createdAtMs: row.created_at };
      });
  }

  put({ id, tenantNo, name, wall, createdAtMs }: MemberGroup): void {
    const sealed = this.rows.close({ tenantNo, kind: "member-group", id }, { name, wall });
    this.db.run("INSERT OR REPLACE INTO member_groups VALUES (?, ?, ?, ?)", id, tenantNo, createdAtMs, sealed);
  }

  delete(id: string): boolean {
    return this.db.run("DELETE FROM member_groups WHERE id = ?", id).changes === 1;
  }
}
