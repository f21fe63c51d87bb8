import { LedgerError } from "../error.ts";
import type { Database } from "../storage/database.ts";
import { RecentMap } from "../storage/recent-map.ts";
import type { InstanceKeys } from "./instance-keys.ts";
import { drawRandom } from "./random.ts";
import { deriveKey, KEY_BYTES, seal, unseal } from "./seal.ts";

/** One generation of a tenant's keys. */
export interface TenantKeys {
  readonly generation: number;
  /** Wraps the keys of subjects and of the journal; each generation has its own. */
  readonly wrappingKey: Uint8Array;
  /** Keys the digests by which identities of events are compared; the same in every generation. */
  readonly fingerprintKey: Uint8Array;
  /** Keys the digests under which identifiers of people are found; the same in every generation. */
  readonly directoryKey: Uint8Array;
  /** Keys the digests that bind an identifier to its subject; the same in every generation. */
  readonly identifierMacKey: Uint8Array;
}

/** Tenants whose keys a thread keeps open: about 500 bytes each. */
const MAX_OPEN = 40_000;

interface Row {
  generation: number;
  wrapped: Uint8Array;
  erased_at: number | null;
}

/**
 * The tenants' keys, wrapped by the instance key. A tenant has two generations only while a rotation is under way. Nothing
 * says under which of them a key is wrapped: the newest is tried first, and reading it anew comes before giving up, because
 * another thread may have rotated.
 */
export class TenantKeyStore {
  private readonly known = new RecentMap<number, readonly TenantKeys[]>(MAX_OPEN);
  private readonly db: Database;
  private readonly instanceKeys: InstanceKeys;

  constructor(db: Database, instanceKeys: InstanceKeys) {
    this.db = db;
    this.instanceKeys = instanceKeys;
  }

  /** Makes a tenant's first keys, within the caller's transaction. */
  create(tenantNo: number): void {
    this.known.delete(tenantNo);
    this.db.run("DELETE FROM tenant_keys WHERE tenant_no = ?", tenantNo);
    this.insert(tenantNo, 1, drawRandom(2 * KEY_BYTES));
  }

  /** @throws LedgerError key_missing or corrupt */
  newest(tenantNo: number): TenantKeys {
    return this.generations(tenantNo)[0]!;
  }

  /** Every generation, newest first. @throws LedgerError key_missing or corrupt */
  generations(tenantNo: number): readonly TenantKeys[] {
    let keys = this.known.get(tenantNo);
    if (keys === undefined) {
      keys = this.rows(tenantNo).map((row) => new OpenKeys(row.generation, this.open(tenantNo, row)));
      if (keys.length === 0) throw new LedgerError("key_missing", `tenant ${tenantNo} has no key`);
      this.known.set(tenantNo, keys);
    }
    return keys;
  }

  /** Wraps a key under the newest generation. */
  wrap(tenantNo: number, key: Uint8Array, name: KeyName): Uint8Array {
    return seal(this.newest(tenantNo).wrappingKey, key, wrapContext(tenantNo, name));
  }

  /** @throws LedgerError corrupt when no generation opens it */
  unwrap(tenantNo: number, wrapped: Uint8Array, name: KeyName): Uint8Array {
    const context = wrapContext(tenantNo, name);
    const open = () => tryEach(this.generations(tenantNo), ({ wrappingKey }) => unseal(wrappingKey, wrapped, context));
    try {
      return open();
    } catch {
      this.known.delete(tenantNo);
      return open();
    }
  }

  /** Notes that something wrapped under the newest generation was destroyed: final only once the generation is gone. */
  noteErasure(tenantNo: number, nowMs: number): void {
    const row = this.rows(tenantNo)[0];
    if (row === undefined || row.erased_at !== null) return;
    const erased = { ...row, erased_at: nowMs };
    this.db.run(
      "UPDATE tenant_keys SET erased_at = ?, wrapped = ? WHERE tenant_no = ? AND generation = ?",
      nowMs,
      this.close(tenantNo, erased, this.open(tenantNo, row)),
      tenantNo,
      row.generation,
    );
  }

  /** Tenants in which something was destroyed before a time and is not final yet, and those whose rotation was cut short. */
  dueForRotation(erasedBeforeMs: number): number[] {
    return this.db
      .all<{ tenant_no: number }>(
        "SELECT tenant_no FROM tenant_keys GROUP BY tenant_no HAVING count(*) > 1 OR min(erased_at) < ? ORDER BY tenant_no",
        erasedBeforeMs,
      )
      .map((row) => row.tenant_no);
  }

  /** Every tenant that has keys. */
  tenantNos(): number[] {
    return this.db
      .all<{ tenant_no: number }>("SELECT DISTINCT tenant_no FROM tenant_keys ORDER BY tenant_no")
      .map((row) => row.tenant_no);
  }

  /** Opens a new generation, under which everything is wrapped from now on. No more than two live at one time. */
  addGeneration(tenantNo: number): void {
    const [newest, ...older] = this.generations(tenantNo);
    if (newest === undefined || older.length > 0) return;
    this.db.transaction(() => {
      const lookup = this.open(tenantNo, this.rows(tenantNo)[0]!).subarray(KEY_BYTES);
      this.insert(tenantNo, newest.generation + 1, Buffer.concat([drawRandom(KEY_BYTES), lookup]));
    });
    this.known.delete(tenantNo);
  }

  /** Destroys every generation but the newest, within the caller's transaction: nothing is wrapped under them any more. */
  dropOldGenerations(tenantNo: number): void {
    const { generation } = this.newest(tenantNo);
    this.db.run("DELETE FROM tenant_keys WHERE tenant_no = ? AND generation < ?", tenantNo, generation);
    this.known.delete(tenantNo);
  }

  /** Wraps every tenant's keys under the newest instance key. */
  rewrapAll(): void {
    const [newest] = this.instanceKeys.all();
    this.db.transaction(() => {
      for (const row of this.db.all<Row & { tenant_no: number }>("SELECT * FROM tenant_keys")) {
        const secrets = this.tryOpen(row.tenant_no, row);
        if (secrets === undefined) continue; // damaged before: fsck says so
        this.db.run(
          "UPDATE tenant_keys SET wrapped = ? WHERE tenant_no = ? AND generation = ?",
          seal(newest!, secrets, generationContext(row.tenant_no, row)),
          row.tenant_no,
          row.generation,
        );
      }
    });
  }

  private rows(tenantNo: number): Row[] {
    return this.db.all<Row>(
      "SELECT generation, wrapped, erased_at FROM tenant_keys WHERE tenant_no = ? ORDER BY generation DESC",
      tenantNo,
    );
  }

  private insert(tenantNo: number, generation: number, secrets: Uint8Array): void {
    const row = { generation, erased_at: null };
    this.db.run(
      "INSERT INTO tenant_keys (tenant_no, generation, wrapped) VALUES (?, ?, ?)",
      tenantNo,
      generation,
      this.close(tenantNo, row, secrets),
    );
  }

  private close(tenantNo: number, row: Omit<Row, "wrapped">, secrets: Uint8Array): Uint8Array {
    return seal(this.instanceKeys.all()[0]!, secrets, generationContext(tenantNo, row));
  }

  private tryOpen(tenantNo: number, row: Row): Buffer | undefined {
    try {
      return this.open(tenantNo, row);
    } catch {
      return undefined;
    }
  }

  private open(tenantNo: number, row: Row): Buffer {
    const context = generationContext(tenantNo, row);
    const attempt = (keys: readonly Uint8Array[]) => tryEach(keys, (key) => unseal(key, row.wrapped, context));
    try {
      return attempt(this.instanceKeys.all());
    } catch {
      return attempt(this.instanceKeys.reload());
    }
  }
}

/** What a wrapped key is of, so that it opens in its own row only. */
export type KeyName = { readonly kind: "subject" | "journal"; readonly name: string };

function wrapContext(tenantNo: number, { kind, name }: { readonly kind: string; readonly name: string }): Uint8Array {
  return Buffer.from(`cairn/v1/wrap\n${tenantNo}\n${kind}\n${name}`);
}

function generationContext(tenantNo: number, { generation, erased_at: erasedAtMs }: Omit<Row, "wrapped">): Uint8Array {
  const erased = erasedAtMs === null ? "" : `\n${erasedAtMs}`;
  return wrapContext(tenantNo, { kind: "tenant", name: `${generation}${erased}` });
}

/** Derives each key when it is first asked for: most threads need one of them. */
class OpenKeys implements TenantKeys {
  readonly generation: number;
  readonly wrappingKey: Uint8Array;
  private readonly lookup: Uint8Array;
  private readonly derived = new Map<string, Uint8Array>();

  constructor(generation: number, secrets: Uint8Array) {
    this.generation = generation;
    this.wrappingKey = secrets.subarray(0, KEY_BYTES);
    this.lookup = secrets.subarray(KEY_BYTES);
  }

  get fingerprintKey(): Uint8Array {
    return this.derive("fingerprint");
  }

  get directoryKey(): Uint8Array {
    return this.derive("directory");
  }

  get identifierMacKey(): Uint8Array {
    return this.derive("identifier-mac");
  }

  private derive(purpose: string): Uint8Array {
    let key = this.derived.get(purpose);
    if (key === undefined) {
      key = deriveKey(this.lookup, purpose);
      this.derived.set(purpose, key);
    }
    return key;
  }
}

/** Gives what the first of some keys opens. @throws what the last one threw */
function tryEach<Key, Result>(keys: readonly Key[], open: (key: Key) => Result): Result {
  let failure: unknown;
  for (const key of keys) {
    try {
      return open(key);
    } catch (error) {
      failure = error;
    }
  }
  throw failure ?? new LedgerError("key_missing", "there is no key");
}
