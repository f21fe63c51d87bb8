import { setTimeout } from "node:timers/promises";
import { CORE_SUBJECT, type Keyring } from "../crypto/keyring.ts";
import type { Database } from "../storage/database.ts";
import type { Findings } from "./finding.ts";

/** Rows read at a time: no read transaction lasts longer than a page, so that a running server is not held up. */
const PAGE = 2_000;
const SETTLE_MS = 300;
const REF = /^(?:core|(?:sub|mon)_[0-9a-hjkmnp-tv-z]{16})$/;

export interface KeyCheck {
  readonly db: Database;
  readonly keysDb: Database;
  readonly keyring: Keyring;
  readonly findings: Findings;
}

/** What the check of the keys leaves for the rest. */
export interface KeyReport {
  readonly subjects: number;
  readonly erased: number;
}

/** Checks that every key opens, that every identifier is somebody's, and that no tenant is without keys. */
export async function checkKeys(check: KeyCheck): Promise<KeyReport> {
  const { db, keysDb, keyring, findings } = check;
  const tenants = new Set(db.all<{ no: number }>("SELECT no FROM tenants").map((row) => row.no));
  // A crash between a tenant's keys and the tenant leaves keys under the next number: they are replaced when it comes.
  const last = Math.max(0, ...tenants);
  const usable = new Set<number>();
  for (const tenantNo of tenants) {
    if (isUsable(check, tenantNo)) usable.add(tenantNo);
  }
  for (const table of ["tenant_keys", "subjects", "identifiers", "journal_keys"]) {
    for (const { tenant_no: tenantNo } of keysDb.all<{ tenant_no: number }>(
      `SELECT DISTINCT tenant_no FROM ${table}`,
    )) {
      if (tenants.has(tenantNo) || tenantNo > last) continue;
      const place = { table: `keys.db/${table}`, key: String(tenantNo) };
      findings.add("reference_broken", place, `keys.db has rows of tenant ${tenantNo}, which does not exist`);
    }
  }
  const report = checkSubjects(check, usable);
  for (const tenantNo of usable) {
    if (keyring.subjectState(tenantNo, CORE_SUBJECT) === "live") continue;
    const place = { table: "keys.db/subjects", key: `${tenantNo}/${CORE_SUBJECT}` };
    findings.add("subject_missing", place, `tenant ${tenantNo} has no core key: nothing of it can be read`);
  }
  checkIdentifiers(check, usable);
  for (const tenantNo of usable) await checkJournalKeys(check, tenantNo);
  return report;
}

function isUsable({ keyring, findings }: KeyCheck, tenantNo: number): boolean {
  const place = { table: "keys.db/tenant_keys", key: String(tenantNo) };
  try {
    keyring.tenantKeys(tenantNo);
    return true;
  } catch (error) {
    const isMissing = (error as { code?: string }).code === "key_missing";
    if (isMissing) findings.add("tenant_key_missing", place, `tenant ${tenantNo} has no key`);
    else findings.add("tenant_key_damaged", place, `the key of tenant ${tenantNo} does not open`);
    return false;
  }
}

function checkSubjects({ keysDb, keyring, findings }: KeyCheck, usable: ReadonlySet<number>): KeyReport {
  let subjects = 0;
  let erased = 0;
  for (let at = { tenant_no: -1, ref: "" }; ; ) {
    const page = keysDb.all<{ tenant_no: number; ref: string }>(
      "SELECT tenant_no, ref FROM subjects WHERE (tenant_no, ref) > (?, ?) ORDER BY tenant_no, ref LIMIT ?",
      at.tenant_no,
      at.ref,
      PAGE,
    );
    if (page.length === 0) return { subjects, erased };
    for (const { tenant_no: tenantNo, ref } of page) {
      if (!usable.has(tenantNo)) continue;
      subjects++;
      const place = { table: "keys.db/subjects", key: `${tenantNo}/${ref}` };
      if (!REF.test(ref)) findings.add("subject_unknown", place, `${ref} is not a reference that was ever made`);
      const state = keyring.subjectState(tenantNo, ref);
      if (state === "erased") erased++;
      if (state === "damaged") findings.add("subject_key_damaged", place, `the key of ${ref} does not open`);
    }
    at = page.at(-1)!;
  }
}

function checkIdentifiers({ keysDb, keyring, findings }: KeyCheck, usable: ReadonlySet<number>): void {
  for (let at = { tenant_no: -1, digest: new Uint8Array(0) }; ; ) {
    const page = keysDb.all<{ tenant_no: number; digest: Uint8Array<ArrayBuffer>; ref: string; mac: Uint8Array }>(
      "SELECT tenant_no, digest, ref, mac FROM identifiers WHERE (tenant_no, digest) > (?, ?) ORDER BY tenant_no, digest LIMIT ?",
      at.tenant_no,
      at.digest,
      PAGE,
    );
    if (page.length === 0) return;
    for (const { tenant_no: tenantNo, digest, ref, mac } of page) {
      if (!usable.has(tenantNo)) continue;
      const place = { table: "keys.db/identifiers", key: `${tenantNo}/${Buffer.from(digest).toString("hex")}` };
      if (!keyring.identifierMac(tenantNo, digest, ref).equals(mac))
        findings.add("identifier_altered", place, `the identifier of ${ref} is not what was written`);
      const state = keyring.subjectState(tenantNo, ref);
      if (state === "missing" || state === "erased")
        findings.add("identifier_orphaned", place, `the identifier belongs to ${ref}, whose key is ${state}`);
    }
    at = page.at(-1)!;
  }
}

async function checkJournalKeys(check: KeyCheck, tenantNo: number): Promise<void> {
  const { keyring, findings } = check;
  for (const keyNo of journalKeyNos(check, tenantNo)) {
    try {
      keyring.findJournalKey(tenantNo, keyNo);
    } catch {
      const place = { table: "keys.db/journal_keys", key: `${tenantNo}/${keyNo}` };
      findings.add("journal_key_damaged", place, `journal key ${keyNo} does not open`);
    }
  }
  let unneeded = unneededJournalKeys(check, tenantNo);
  if (unneeded.length === 0) return;
  // A running server destroys a key a moment after its last row has moved.
  await setTimeout(SETTLE_MS);
  const still = new Set(unneededJournalKeys(check, tenantNo));
  unneeded = unneeded.filter((keyNo) => still.has(keyNo));
  for (const keyNo of unneeded) {
    const place = { table: "keys.db/journal_keys", key: `${tenantNo}/${keyNo}` };
    findings.add("journal_key_unneeded", place, "a journal key outlived the rows it sealed; a restart destroys it");
  }
}

function journalKeyNos({ keysDb }: KeyCheck, tenantNo: number): number[] {
  return keysDb
    .all<{ key_no: number }>("SELECT key_no FROM journal_keys WHERE tenant_no = ? ORDER BY key_no", tenantNo)
    .map((row) => row.key_no);
}

function unneededJournalKeys(check: KeyCheck, tenantNo: number): number[] {
  const known = journalKeyNos(check, tenantNo);
  const { first } = check.db.get<{ first: number | null }>(
    "SELECT min(key_no) AS first FROM journal WHERE tenant_no = ?",
    tenantNo,
  )!;
  return known.slice(0, -1).filter((keyNo) => first === null || keyNo < first);
}
