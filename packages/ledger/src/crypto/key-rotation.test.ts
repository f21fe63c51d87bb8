import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../storage/database.ts";
import { migrate } from "../storage/schema.ts";
import { openInstanceKeys } from "./instance-keys.ts";
import { CORE_SUBJECT, Keyring } from "./keyring.ts";

const PEOPLE = 1_200;
let directory: string;
let keysPath: string;
let instanceKeyPath: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-rotation-"));
  keysPath = join(directory, "keys.db");
  instanceKeyPath = join(directory, "instance.key");
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(mode: "writer" | "reader", path = keysPath) {
  const db = openDatabase({ path, mode, ...(mode === "writer" ? { secureDelete: true } : {}) });
  if (mode === "writer") migrate(db, "keys");
  return { db, keyring: new Keyring(db, openInstanceKeys(instanceKeyPath, "when-missing")) };
}

const identifier = (i: number) => [{ namespace: "user", value: `person ${i}` }];

/** Two tenants with people and a journal key each; gives their references. */
function fill(keyring: Keyring): string[] {
  for (const tenantNo of [1, 2]) {
    keyring.createTenant(tenantNo);
    keyring.createJournalKey(tenantNo);
  }
  keyring.resolvePeople(2, [identifier(0)]);
  return keyring.resolvePeople(
    1,
    Array.from({ length: PEOPLE }, (_, i) => identifier(i)),
  );
}

/** Every key there is, in hex. */
function keysOf(keyring: Keyring, refs: readonly string[]): string[] {
  const hex = (key: Uint8Array | undefined) => (key === undefined ? "gone" : Buffer.from(key).toString("hex"));
  const subjects = [...refs, CORE_SUBJECT].map((ref) => hex(keyring.subjectKey(1, ref)));
  return [...subjects, hex(keyring.journalKey(1, 1)), hex(keyring.subjectKey(2, CORE_SUBJECT))];
}

function finish(rotation: { step(): boolean }): void {
  while (rotation.step());
}

test("leaves every key and every digest as it was, also for those who had the keys open", () => {
  const { keyring, db } = open("writer");
  const refs = fill(keyring);
  const before = keysOf(keyring, refs);
  const reader = open("reader");
  expect(keysOf(reader.keyring, refs)).toEqual(before);
  const [wrapping, fingerprint] = [keyring.tenantKeys(1).wrappingKey, keyring.tenantKeys(1).fingerprintKey];

  finish(keyring.startRotation("all"));
  expect(keysOf(keyring, refs)).toEqual(before);
  expect(keysOf(reader.keyring, refs)).toEqual(before);
  expect(keyring.tenantKeys(1)).toMatchObject({ generation: 2, fingerprintKey: fingerprint });
  expect(keyring.tenantKeys(1).wrappingKey).not.toEqual(wrapping);
  expect(keyring.findSubject(1, identifier(7)[0]!)).toBe(refs[7]);
  expect(readFileSync(instanceKeyPath, "utf8").trim().split("\n")).toHaveLength(1);
  expect(db.all("SELECT generation FROM tenant_keys")).toEqual([{ generation: 2 }, { generation: 2 }]);

  // New people go on while a rotation is under way.
  const next = keyring.startRotation("all");
  next.step();
  const [late] = keyring.resolvePeople(1, [[{ namespace: "user", value: "late" }]]);
  finish(next);
  expect(reader.keyring.subjectKey(1, late!)).toEqual(keyring.subjectKey(1, late!));
  expect(keysOf(reader.keyring, refs)).toEqual(before);
  reader.db.close();
  db.close();
});

test("cut short anywhere, goes on and ends", () => {
  for (let steps = 0; steps < 8; steps++) {
    const { keyring, db } = open("writer");
    const refs = fill(keyring);
    const before = keysOf(keyring, refs);
    const cut = keyring.startRotation("all");
    for (let i = 0; i < steps; i++) cut.step();
    db.close();

    const again = open("writer");
    expect(keysOf(again.keyring, refs)).toEqual(before);
    finish(again.keyring.startRotation({ erasedBeforeMs: 0 }));
    expect(keysOf(again.keyring, refs)).toEqual(before);
    expect(again.keyring.needsRotation(0)).toBe(false);
    expect(again.db.all("SELECT tenant_no FROM tenant_keys")).toHaveLength(2);
    again.db.close();
  }
});

test("is needed after an erasure, and makes it final: what was on the disk before opens no more", () => {
  const { keyring, db } = open("writer");
  const refs = fill(keyring);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const older = join(directory, "older.db");
  copyFileSync(keysPath, older);
  const key = keyring.subjectKey(1, refs[3]!);

  expect(keyring.needsRotation(Date.now() + 1_000)).toBe(false);
  keyring.destroySubject(1, refs[3]!);
  expect(keyring.needsRotation(Date.now() - 60_000)).toBe(false);
  expect(keyring.needsRotation(Date.now() + 1_000)).toBe(true);
  // A deleted row is no erasure to who has the pages from before.
  const found = open("reader", older);
  expect(found.keyring.subjectKey(1, refs[3]!)).toEqual(key);
  found.db.close();

  finish(keyring.startRotation({ erasedBeforeMs: Date.now() + 1_000 }));
  expect(keyring.needsRotation(Date.now() + 1_000)).toBe(false);
  expect(db.all("SELECT tenant_no, generation FROM tenant_keys ORDER BY 1")).toEqual([
    { tenant_no: 1, generation: 2 },
    { tenant_no: 2, generation: 1 },
  ]);
  const lost = open("reader", older);
  expect(() => lost.keyring.subjectKey(1, refs[3]!)).toThrow();
  expect(keyring.subjectState(1, refs[3]!)).toBe("erased");
  lost.db.close();
  db.close();
});

test("leaves damage as it is, for the check to report", () => {
  const { keyring, db } = open("writer");
  const refs = fill(keyring);
  const damaged = Buffer.alloc(60, 1);
  db.run("UPDATE subjects SET wrapped = ? WHERE tenant_no = 1 AND ref = ?", damaged, refs[5]!);
  finish(keyring.startRotation("all"));
  expect(keyring.subjectState(1, refs[5]!)).toBe("damaged");
  expect(keyring.subjectState(1, refs[6]!)).toBe("live");
  expect(db.get<{ wrapped: Uint8Array }>("SELECT wrapped FROM subjects WHERE ref = ?", refs[5]!)?.wrapped).toEqual(
    new Uint8Array(damaged),
  );
  db.close();
});
