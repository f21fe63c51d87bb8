import type { Database } from "../storage/database.ts";
import type { SealedRows } from "./sealed-rows.ts";

/** Where events of a tenant come from by themselves: a webhook that others call, or a log that is polled. */
export interface Source {
  /** `src_` and 20 random characters. */
  readonly id: string;
  readonly tenantNo: number;
  /** What it speaks, in the server's words. */
  readonly kind: string;
  readonly createdAtMs: number;
  readonly isEnabled: boolean;
  /** SHA-256 of the token that a webhook is called with; undefined for what is polled. */
  readonly tokenDigest: Uint8Array | undefined;
  /** From 1, grows with every change. */
  readonly version: number;
  readonly name: string;
  /** JSON; what it holds is the kind's matter. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the other side wants to hear, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

interface Row {
  id: string;
  tenant_no: number;
  kind: string;
  created_at: number;
  enabled: number;
  token_digest: Uint8Array | null;
  version: number;
  sealed: Uint8Array;
  state: Uint8Array;
}

type Sealed = Pick<Source, "name" | "settings" | "secrets">;

/** Sources of tenants, and how far each has come. */
export class Sources {
  private readonly db: Database;
  private readonly rows: SealedRows;

  constructor(db: Database, rows: SealedRows) {
    this.db = db;
    this.rows = rows;
  }

  find(id: string): Source | undefined {
    return this.open(this.db.get<Row>("SELECT * FROM sources WHERE id = ?", id));
  }

  list(tenantNo: number): Source[] {
    return this.db
      .all<Row>("SELECT * FROM sources WHERE tenant_no = ? ORDER BY created_at, id", tenantNo)
      .map((row) => this.open(row)!);
  }

  /** Ids of the sources of these kinds that are switched on, of all tenants. */
  enabledIds(kinds: readonly string[]): string[] {
    const marks = kinds.map(() => "?").join(", ");
    return this.db
      .all<{ id: string }>(`SELECT id FROM sources WHERE enabled = 1 AND kind IN (${marks}) ORDER BY id`, ...kinds)
      .map(({ id }) => id);
  }

  /** How far a source has come: JSON in the server's words, empty for a new one; undefined when there is no such source. */
  state(id: string): Readonly<Record<string, unknown>> | undefined {
    const row = this.db.get<Row>("SELECT * FROM sources WHERE id = ?", id);
    return row === undefined
      ? undefined
      : (this.rows.open(statePlace(row.tenant_no, id), row.state) as Readonly<Record<string, unknown>>);
  }

  /** Writes a source if nobody else did since version `source.version - 1`; version 1 is a new one. */
  put(source: Source): boolean {
    const { id, tenantNo, name, settings, secrets, version } = source;
    const content: Sealed = { name, settings, secrets };
    const sealed = this.rows.close({ tenantNo, kind: "source", id }, content);
    const values = [source.isEnabled ? 1 : 0, source.tokenDigest ?? null, version, sealed] as const;
    if (version === 1) {
      const state = this.rows.close(statePlace(tenantNo, id), {});
      return (
        this.db.run(
          `INSERT INTO sources (enabled, token_digest, version, sealed, id, tenant_no, kind, created_at, state)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          ...values,
          id,
          tenantNo,
          source.kind,
          source.createdAtMs,
          state,
        ).changes === 1
      );
    }
    return (
      this.db.run(
        "UPDATE sources SET enabled = ?, token_digest = ?, version = ?, sealed = ? WHERE id = ? AND version = ?",
        ...values,
        id,
        version - 1,
      ).changes === 1
    );
  }

  /** Writes how far a source has come; nothing when it is gone. */
  putState(source: Pick<Source, "id" | "tenantNo">, state: Readonly<Record<string, unknown>>): void {
    const sealed = this.rows.close(statePlace(source.tenantNo, source.id), state);
    this.db.run("UPDATE sources SET state = ? WHERE id = ?", sealed, source.id);
  }

  delete(id: string): boolean {
    return this.db.run("DELETE FROM sources WHERE id = ?", id).changes === 1;
  }

  private open(row: Row | undefined): Source | undefined {
    if (row === undefined) return undefined;
    const content = this.rows.open({ tenantNo: row.tenant_no, kind: "source", id: row.id }, row.sealed) as Sealed;
    return {
      id: row.id,
      tenantNo: row.tenant_no,
      kind: row.kind,
      createdAtMs: row.created_at,
      isEnabled: row.enabled === 1,
      tokenDigest: row.token_digest ?? undefined,
      version: row.version,
      ...content,
    };
  }
}

function statePlace(tenantNo: number, id: string) {
  return { tenantNo, kind: "source-state", id };
}
