import { randomBytes } from "node:crypto";
import { crashPoint } from "../storage/crash-point.ts";
import type { Database } from "../storage/database.ts";
import type { InstanceKeys } from "./instance-keys.ts";
import { KEY_BYTES } from "./seal.ts";
import type { KeyName, TenantKeyStore } from "./tenant-keys.ts";

/** Keys wrapped anew in one transaction: a few milliseconds, so that commits in between do not wait. */
const PAGE = 500;

/**
 * Makes erasures final. A deleted key stays readable in pages that the database or the disk has not overwritten; so every
 * live key is wrapped under a new key of its tenant, those under a new instance key, and the keys that wrapped the dead
 * ones are destroyed. It goes on in small steps beside commits, and from the start again after a crash: what is wrapped
 * under the newest key already is left as it is.
 */
export class KeyRotation {
  private readonly tenants: number[];
  private after: string | undefined;
  private isDone = false;
  private readonly db: Database;
  private readonly store: TenantKeyStore;
  private readonly instanceKeys: InstanceKeys;

  /** `tenants`: whose keys are rotated, of the database of keys. */
  constructor(parts: {
    readonly db: Database;
    readonly store: TenantKeyStore;
    readonly instanceKeys: InstanceKeys;
    readonly tenants: readonly number[];
  }) {
    this.db = parts.db;
    this.store = parts.store;
    this.instanceKeys = parts.instanceKeys;
    this.tenants = [...parts.tenants];
  }

  /** Does a small part of the work. @returns whether there is more */
  step(): boolean {
    if (this.isDone) return false;
    const [tenantNo] = this.tenants;
    if (tenantNo === undefined) {
      this.rotateInstanceKey();
      this.isDone = true;
      return false;
    }
    if (this.after === undefined) {
      this.store.addGeneration(tenantNo);
      crashPoint("tenant-key-added");
      this.after = "";
    }
    if (!this.rewrapSubjects(tenantNo, this.after)) {
      this.finish(tenantNo);
      this.tenants.shift();
      this.after = undefined;
    }
    return true;
  }

  private rewrapSubjects(tenantNo: number, after: string): boolean {
    return this.db.transaction(() => {
      const rows = this.db.all<{ ref: string; wrapped: Uint8Array | null }>(
        "SELECT ref, wrapped FROM subjects WHERE tenant_no = ? AND ref > ? ORDER BY ref LIMIT ?",
        tenantNo,
        after,
        PAGE,
      );
      for (const { ref, wrapped } of rows) {
        const again = wrapped === null ? undefined : this.rewrapped(tenantNo, wrapped, { kind: "subject", name: ref });
        if (again !== undefined)
          this.db.run("UPDATE subjects SET wrapped = ? WHERE tenant_no = ? AND ref = ?", again, tenantNo, ref);
      }
      this.after = rows.at(-1)?.ref ?? after;
      return rows.length === PAGE;
    });
  }

  private finish(tenantNo: number): void {
    this.db.transaction(() => {
      for (const { key_no: keyNo, wrapped } of this.db.all<{ key_no: number; wrapped: Uint8Array }>(
        "SELECT key_no, wrapped FROM journal_keys WHERE tenant_no = ?",
        tenantNo,
      )) {
        const again = this.rewrapped(tenantNo, wrapped, { kind: "journal", name: String(keyNo) });
        if (again !== undefined)
          this.db.run("UPDATE journal_keys SET wrapped = ? WHERE tenant_no = ? AND key_no = ?", again, tenantNo, keyNo);
      }
      this.store.dropOldGenerations(tenantNo);
    });
    crashPoint("tenant-key-dropped");
  }

  /** A key wrapped anew; undefined when it does not open at all: damage is for fsck to report, and not to be made worse. */
  private rewrapped(tenantNo: number, wrapped: Uint8Array, name: KeyName): Uint8Array | undefined {
    try {
      return this.store.wrap(tenantNo, this.store.unwrap(tenantNo, wrapped, name), name);
    } catch {
      return undefined;
    }
  }

  private rotateInstanceKey(): void {
    const [newest, ...older] = this.instanceKeys.all();
    const next = older.length > 0 ? newest! : randomBytes(KEY_BYTES);
    if (older.length === 0) this.instanceKeys.write([next, newest!]);
    crashPoint("instance-key-added");
    this.store.rewrapAll();
    crashPoint("instance-key-used");
    // What the older key wrapped is still in the WAL; without that key it opens nothing, and the WAL need not grow either.
    this.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.instanceKeys.write([next]);
  }
}
