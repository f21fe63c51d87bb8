import type { Database } from "../storage/database.ts";
import type { SealedRows } from "./sealed-rows.ts";

/** An event of the server itself on its way into a tenant's log: written with the change it tells of, so that neither is without the other. */
export interface OwnEvent {
  /** Id of the event: sent twice, it is recorded once. */
  readonly id: string;
  readonly tenantNo: number;
  /** Not recorded before: what is counted for a while waits. */
  readonly dueAtMs: number;
  /** As `POST /v1/events` takes it. */
  readonly event: Readonly<Record<string, unknown>>;
}

interface Row {
  id: string;
  tenant_no: number;
  due_at: number;
  sealed: Uint8Array;
}

/** What waits to be recorded. */
export class OwnEvents {
  private readonly db: Database;
  private readonly rows: SealedRows;

  constructor(db: Database, rows: SealedRows) {
    this.db = db;
    this.rows = rows;
  }

  /** What is due, oldest first. */
  due(nowMs: number, limit: number): OwnEvent[] {
    return this.db
      .all<Row>("SELECT * FROM own_events WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", nowMs, limit)
      .map((row) => ({
        id: row.id,
        tenantNo: row.tenant_no,
        dueAtMs: row.due_at,
        event: this.rows.open(
          { tenantNo: row.tenant_no, kind: "own-event", id: row.id },
          row.sealed,
        ) as OwnEvent["event"],
      }));
  }

  put({ id, tenantNo, dueAtMs, event }: OwnEvent): void {
    const sealed = this.rows.close({ tenantNo, kind: "own-event", id }, event);
    this.db.run("INSERT OR REPLACE INTO own_events VALUES (?, ?, ?, ?)", id, tenantNo, dueAtMs, sealed);
  }

  delete(id: string): void {
    this.db.run("DELETE FROM own_events WHERE id = ?", id);
  }
}
