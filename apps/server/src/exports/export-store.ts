import { CORE_SUBJECT, type ReaderSide, seal, unseal } from "@cairn/ledger";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import type { AnnouncedEvidence } from "./announce-evidence.ts";
import type { ExportOrder } from "./export-request.ts";
import type { ExportFile } from "./task.ts";

export type ExportState = "queued" | "running" | "done" | "failed";

/** An export as it is kept. */
export interface StoredExport {
  readonly id: string;
  readonly tenantNo: number;
  readonly createdAtMs: number;
  readonly state: ExportState;
  readonly order: ExportOrder;
  readonly outcome: ExportOutcome;
}

/** How far an export is, or how it ended. */
export interface ExportOutcome {
  readonly done: number;
  readonly total: number;
  /** Times it was started. */
  readonly starts: number;
  /** Evidence: where the control log announces it. */
  readonly announced?: AnnouncedEvidence;
  readonly file?: ExportFile;
  readonly error?: { readonly code: string; readonly message: string };
}

interface Row {
  id: string;
  tenant_no: number;
  created_at: number;
  state: ExportState;
  request: string;
  progress: string;
}

/** Keeps exports in the database; the writer thread writes, this connection reads. */
export class ExportStore {
  private readonly side: ReaderSide;
  private readonly writer: Client<WriterApi>;

  constructor(side: ReaderSide, writer: Client<WriterApi>) {
    this.side = side;
    this.writer = writer;
  }

  /** An export of a tenant; undefined also when it is another tenant's. */
  find(tenantNo: number, id: string): StoredExport | undefined {
    const row = this.side.db.get<Row>("SELECT * FROM exports WHERE id = ? AND tenant_no = ?", id, tenantNo);
    return row === undefined ? undefined : this.open(row);
  }

  tenantNoOf(id: string): number | undefined {
    return this.side.db.get<{ tenant_no: number }>("SELECT tenant_no FROM exports WHERE id = ?", id)?.tenant_no;
  }

  /** A tenant's exports, newest first. */
  list(tenantNo: number): StoredExport[] {
    return this.side.db
      .all<Row>("SELECT * FROM exports WHERE tenant_no = ? ORDER BY created_at DESC, id DESC", tenantNo)
      .map((row) => this.open(row));
  }

  count(tenantNo: number): number {
    return this.side.db.get<{ count: number }>("SELECT count(*) AS count FROM exports WHERE tenant_no = ?", tenantNo)!
      .count;
  }

  /** Exports that are not finished, oldest first. */
  unfinished(): { readonly id: string; readonly tenantNo: number }[] {
    return this.side.db
      .all<{ id: string; tenant_no: number }>(
        "SELECT id, tenant_no FROM exports WHERE state IN ('queued', 'running') ORDER BY created_at, id",
      )
      .map((row) => ({ id: row.id, tenantNo: row.tenant_no }));
  }

  /** Exports made before a time. */
  madeBefore(timeMs: number): { readonly id: string; readonly tenantNo: number }[] {
    return this.side.db
      .all<{ id: string; tenant_no: number }>("SELECT id, tenant_no FROM exports WHERE created_at < ?", timeMs)
      .map((row) => ({ id: row.id, tenantNo: row.tenant_no }));
  }

  ids(): ReadonlySet<string> {
    return new Set(this.side.db.all<{ id: string }>("SELECT id FROM exports").map((row) => row.id));
  }

  /** Keeps an export; it is on the disk when this settles. */
  async save(job: StoredExport): Promise<void> {
    const { id, tenantNo, createdAtMs, state } = job;
    const request = this.close(job, "request", job.order);
    const progress = this.close(job, "progress", job.outcome);
    await this.writer.call("saveExport", { id, tenantNo, createdAtMs, state, request, progress });
  }

  async delete(id: string): Promise<void> {
    await this.writer.call("deleteExport", { id });
  }

  private open(row: Row): StoredExport {
    const job = { id: row.id, tenantNo: row.tenant_no, createdAtMs: row.created_at, state: row.state };
    const read = (column: "request" | "progress"): unknown => {
      const sealed = Buffer.from(row[column], "base64");
      return JSON.parse(unseal(this.key(row.tenant_no), sealed, context(job, column)).toString("utf8"));
    };
    return { ...job, order: read("request") as ExportOrder, outcome: read("progress") as ExportOutcome };
  }

  /** A query names people, a file's digest is of what people did, and what is deleted from a database can be read for long. */
  private close(job: StoredExport, column: "request" | "progress", value: unknown): string {
    const sealed = seal(this.key(job.tenantNo), Buffer.from(JSON.stringify(value)), context(job, column));
    return Buffer.from(sealed).toString("base64");
  }

  private key(tenantNo: number): Uint8Array {
    const key = this.side.keyring.subjectKey(tenantNo, CORE_SUBJECT);
    if (key === undefined) throw new Error(`BUG: tenant ${tenantNo} has no core key`);
    return key;
  }
}

function context({ id, tenantNo }: Pick<StoredExport, "id" | "tenantNo">, column: "request" | "progress"): Uint8Array {
  return Buffer.from(`cairn/v1/export\n${tenantNo}\n${id}\n${column}`);
}
