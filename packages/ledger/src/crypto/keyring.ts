import { LedgerError } from "../error.ts";
import { crashPoint } from "../storage/crash-point.ts";
import type { Database } from "../storage/database.ts";
import type { InstanceKeys } from "./instance-keys.ts";
import { KeyRotation } from "./key-rotation.ts";
import { drawRandom } from "./random.ts";
import { keyedDigest, newKey } from "./seal.ts";
import { TenantKeyStore, type TenantKeys } from "./tenant-keys.ts";

/** Bytes of an identifier's keyed digest. */
const DIGEST_BYTES = 16;
const MAC_BYTES = 8;

/** Subject of the core of every event of a tenant: data about nobody. */
export const CORE_SUBJECT = "core";

/** How the directory knows a person; `month` names the keeper of addresses of unknown people. */
export interface DirectoryIdentifier {
  readonly namespace: string;
  readonly value: string;
}

/** People of one tenant, each by everything that names them. */
export interface TenantPeople {
  readonly tenantNo: number;
  readonly people: readonly (readonly DirectoryIdentifier[])[];
}

/**
 * The keys of an instance: instance key → tenant key → one key for each subject and for each journal generation.
 * Opened over a reader connection it reads only; the writer thread owns the one that creates.
 */
export class Keyring {
  private readonly db: Database;
  private readonly instanceKeys: InstanceKeys;
  private readonly tenants: TenantKeyStore;

  constructor(db: Database, instanceKeys: InstanceKeys) {
    this.db = db;
    this.instanceKeys = instanceKeys;
    this.tenants = new TenantKeyStore(db, instanceKeys);
  }

  /** Makes a tenant's keys. */
  createTenant(tenantNo: number): void {
    this.createTenants([tenantNo]);
  }

  /**
   * Makes the keys of tenants, all of them or none. They replace those of tenants whose creation was cut short before they
   * existed.
   */
  createTenants(tenantNos: readonly number[]): void {
    this.db.transaction(() => {
      for (const tenantNo of tenantNos) this.insertTenant(tenantNo);
    });
    crashPoint("tenant-keys-committed");
  }

  private insertTenant(tenantNo: number): void {
    // Nothing that was wrapped under the keys replaced can be opened again.
    for (const table of ["subjects", "identifiers", "journal_keys"])
      this.db.run(`DELETE FROM ${table} WHERE tenant_no = ?`, tenantNo);
    this.tenants.create(tenantNo);
    this.db.run(
      "INSERT INTO subjects VALUES (?, ?, ?)",
      tenantNo,
      CORE_SUBJECT,
      this.wrapSubjectKey(tenantNo, CORE_SUBJECT, newKey()),
    );
  }

  /** A tenant's keys of the newest generation. @throws LedgerError key_missing or corrupt */
  tenantKeys(tenantNo: number): TenantKeys {
    return this.tenants.newest(tenantNo);
  }

  /** The key of a subject; undefined once it has been destroyed. Never cached: a destroyed key must be gone at once. */
  subjectKey(tenantNo: number, ref: string): Uint8Array | undefined {
    const row = this.db.get<{ wrapped: Uint8Array | null }>(
      "SELECT wrapped FROM subjects WHERE tenant_no = ? AND ref = ?",
      tenantNo,
      ref,
    );
    if (row?.wrapped == null) return undefined;
    return this.tenants.unwrap(tenantNo, row.wrapped, { kind: "subject", name: ref });
  }

  /** Tells what there is of a subject's key: it opens, it was destroyed, it does not open, or nobody knows it. */
  subjectState(tenantNo: number, ref: string): "live" | "erased" | "damaged" | "missing" {
    const row = this.db.get<{ wrapped: Uint8Array | null }>(
      "SELECT wrapped FROM subjects WHERE tenant_no = ? AND ref = ?",
      tenantNo,
      ref,
    );
    if (row === undefined) return "missing";
    if (row.wrapped === null) return "erased";
    try {
      this.tenants.unwrap(tenantNo, row.wrapped, { kind: "subject", name: ref });
      return "live";
    } catch {
      return "damaged";
    }
  }

  /** Subject of an identifier, or undefined. */
  findSubject(tenantNo: number, identifier: DirectoryIdentifier): string | undefined {
    return this.lookUp(tenantNo, this.digest(tenantNo, identifier));
  }

  /** Finds or makes the subject of each person of a tenant; all are durable when this returns. */
  resolvePeople(tenantNo: number, people: TenantPeople["people"]): string[] {
    return this.resolveAll([{ tenantNo, people }])[0]!;
  }

  /**
   * Finds or makes the subject of each person, of several tenants in one transaction; all are durable when this returns.
   * A person's first known identifier decides, and identifiers nobody owns yet are added to that person.
   */
  resolveAll(wanted: readonly TenantPeople[]): string[][] {
    const refs = this.db.transaction(() =>
      wanted.map(({ tenantNo, people }) => people.map((identifiers) => this.resolvePerson(tenantNo, identifiers))),
    );
    crashPoint("keys-committed");
    return refs;
  }

  private resolvePerson(tenantNo: number, identifiers: readonly DirectoryIdentifier[]): string {
    const digests = identifiers.map((identifier) => this.digest(tenantNo, identifier));
    const owners = digests.map((digest) => this.lookUp(tenantNo, digest));
    let ref = owners.find((owner) => owner !== undefined);
    if (ref === undefined) {
      ref = newRef(identifiers[0]?.namespace === "month" ? "mon" : "sub");
      this.db.run("INSERT INTO subjects VALUES (?, ?, ?)", tenantNo, ref, this.wrapSubjectKey(tenantNo, ref, newKey()));
    }
    for (const [i, digest] of digests.entries()) if (owners[i] === undefined) this.putIdentifier(tenantNo, digest, ref);
    return ref;
  }

  /**
   * Adds identifiers to a person; false, and none is added, when the person is not there (any more) or one of them is
   * somebody else's.
   */
  addIdentifiers(tenantNo: number, ref: string, identifiers: readonly DirectoryIdentifier[]): boolean {
    return this.db.transaction(() => {
      const digests = identifiers.map((identifier) => this.digest(tenantNo, identifier));
      const owners = digests.map((digest) => this.lookUp(tenantNo, digest));
      const isFree = owners.every((owner) => owner === undefined || owner === ref);
      if (!isFree || this.subjectState(tenantNo, ref) !== "live") return false;
      for (const digest of digests) this.putIdentifier(tenantNo, digest, ref);
      return true;
    });
  }

  private putIdentifier(tenantNo: number, digest: Uint8Array, ref: string): void {
    this.db.run(
      "INSERT OR IGNORE INTO identifiers VALUES (?, ?, ?, ?)",
      tenantNo,
      digest,
      ref,
      this.identifierMac(tenantNo, digest, ref),
    );
  }

  /** Gives the number of a fresh journal key. */
  createJournalKey(tenantNo: number): number {
    return this.createJournalKeys([tenantNo])[0]!;
  }

  /** Gives the numbers of fresh journal keys, one for each tenant. */
  createJournalKeys(tenantNos: readonly number[]): number[] {
    const numbers = this.db.transaction(() => tenantNos.map((tenantNo) => this.insertJournalKey(tenantNo)));
    crashPoint("keys-committed");
    return numbers;
  }

  private insertJournalKey(tenantNo: number): number {
    const last = this.db.get<{ last: number | null }>(
      "SELECT max(key_no) AS last FROM journal_keys WHERE tenant_no = ?",
      tenantNo,
    );
    // Numbers come again after all keys were destroyed; the AAD's sequence keeps rows of two generations apart.
    const keyNo = (last?.last ?? 0) + 1;
    const wrapped = this.tenants.wrap(tenantNo, newKey(), { kind: "journal", name: String(keyNo) });
    this.db.run("INSERT INTO journal_keys VALUES (?, ?, ?)", tenantNo, keyNo, wrapped);
    return keyNo;
  }

  journalKey(tenantNo: number, keyNo: number): Uint8Array {
    const key = this.findJournalKey(tenantNo, keyNo);
    if (key === undefined) throw new LedgerError("key_missing", `journal key ${keyNo} of tenant ${tenantNo} is gone`);
    return key;
  }

  /** A journal key, or undefined once it has been destroyed. */
  findJournalKey(tenantNo: number, keyNo: number): Uint8Array | undefined {
    const row = this.db.get<{ wrapped: Uint8Array }>(
      "SELECT wrapped FROM journal_keys WHERE tenant_no = ? AND key_no = ?",
      tenantNo,
      keyNo,
    );
    if (row === undefined) return undefined;
    return this.tenants.unwrap(tenantNo, row.wrapped, { kind: "journal", name: String(keyNo) });
  }

  newestJournalKey(tenantNo: number): number | undefined {
    return (
      this.db.get<{ last: number | null }>("SELECT max(key_no) AS last FROM journal_keys WHERE tenant_no = ?", tenantNo)
        ?.last ?? undefined
    );
  }

  /** Destroys journal keys below `keyNo`: every row they sealed has moved into segments. */
  destroyJournalKeys(tenantNo: number, below: number): void {
    this.db.transaction(() =>
      this.db.run("DELETE FROM journal_keys WHERE tenant_no = ? AND key_no < ?", tenantNo, below),
    );
  }

  /**
   * Destroys every journal key but the newest of each tenant and those that rows still need: a crash may have kept them.
   * `oldest`: number of the oldest key that a tenant's rows need.
   */
  destroyUnneededJournalKeys(oldest: ReadonlyMap<number, number>): void {
    const rows = this.db.all<{ tenant_no: number; last: number }>(
      "SELECT tenant_no, max(key_no) AS last FROM journal_keys GROUP BY tenant_no HAVING count(*) > 1",
    );
    for (const { tenant_no: tenantNo, last } of rows)
      this.destroyJournalKeys(tenantNo, Math.min(last, oldest.get(tenantNo) ?? last));
  }

  /**
   * Destroys a subject's key and every identifier; the row stays as a tombstone, so that nobody makes the key again. What
   * was deleted may still be read from the disk until the next rotation.
   */
  destroySubject(tenantNo: number, ref: string): void {
    this.db.transaction(() => {
      this.tenants.noteErasure(tenantNo, Date.now());
      this.db.run("UPDATE subjects SET wrapped = NULL WHERE tenant_no = ? AND ref = ?", tenantNo, ref);
      this.db.run("DELETE FROM identifiers WHERE tenant_no = ? AND ref = ?", tenantNo, ref);
    });
  }

  /** Tells whether something that was destroyed before a time is not final yet, or a rotation was cut short. */
  needsRotation(erasedBeforeMs: number): boolean {
    return this.instanceKeys.all().length > 1 || this.tenants.dueForRotation(erasedBeforeMs).length > 0;
  }

  /** Starts a rotation, of all tenants or of those that need it; the owner of the database takes its steps. */
  startRotation(which: "all" | { readonly erasedBeforeMs: number }): KeyRotation {
    const { db, tenants: store, instanceKeys } = this;
    const tenants = which === "all" ? store.tenantNos() : store.dueForRotation(which.erasedBeforeMs);
    return new KeyRotation({ db, store, instanceKeys, tenants });
  }

  /** Digest that binds an identifier to its subject: a row that was changed is found. */
  identifierMac(tenantNo: number, digest: Uint8Array, ref: string): Buffer {
    const { identifierMacKey } = this.tenantKeys(tenantNo);
    return keyedDigest(identifierMacKey, `${Buffer.from(digest).toString("hex")}\0${ref}`, MAC_BYTES);
  }

  private digest(tenantNo: number, { namespace, value }: DirectoryIdentifier): Buffer {
    return keyedDigest(this.tenantKeys(tenantNo).directoryKey, `${namespace}\0${value}`, DIGEST_BYTES);
  }

  private lookUp(tenantNo: number, digest: Uint8Array): string | undefined {
    return this.db.get<{ ref: string }>(
      "SELECT ref FROM identifiers WHERE tenant_no = ? AND digest = ?",
      tenantNo,
      digest,
    )?.ref;
  }

  private wrapSubjectKey(tenantNo: number, ref: string, key: Uint8Array): Uint8Array {
    return this.tenants.wrap(tenantNo, key, { kind: "subject", name: ref });
  }
}

const REF_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** 80 random bits: references are for ever, and two people must never share one. */
const REF_CHARS = 16;

function newRef(prefix: "sub" | "mon"): string {
  let ref = `${prefix}_`;
  for (const byte of drawRandom(REF_CHARS)) ref += REF_ALPHABET[byte & 31];
  return ref;
}
