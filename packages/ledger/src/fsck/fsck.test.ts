import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Finding, fsck, type IndexProbe, instancePaths, lockDirectory, type Paths } from "../index.ts";
import { createFilledInstance, type FilledInstance } from "./filled-instance.fixture.ts";

let directory: string;
let instance: FilledInstance;
let original: string;
let paths: Paths;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-fsck-test-"));
  original = join(directory, "original");
  instance = createFilledInstance(original);
  instance.close();
});
beforeEach(() => {
  const copy = join(directory, "copy");
  rmSync(copy, { recursive: true, force: true });
  cpSync(original, copy, { recursive: true });
  paths = instancePaths(join(copy, "data"));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function check(index?: IndexProbe) {
  const findings: Finding[] = [];
  const options = index === undefined ? {} : { index };
  const report = await fsck({ paths, onFinding: (finding) => findings.push(finding), ...options });
  return { findings, report, codes: new Set(findings.map(({ code }) => code)) };
}

function sql(database: string, statement: string): void {
  const db = new DatabaseSync(database);
  db.exec("PRAGMA foreign_keys = OFF");
  db.exec(statement);
  db.close();
}

function segmentFile(number: number): string {
  const folder = join(paths.blobs, "segments/1/e1");
  return join(folder, readdirSync(folder).sort()[number]!);
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 0x10;
  writeFileSync(file, bytes);
}

describe("fsck", () => {
  test("finds nothing wrong with an untouched instance", async () => {
    const { findings, report } = await check();
    expect(findings).toEqual([]);
    expect(report).toMatchObject({ findings: 0, logs: 4, entries: 575 + 20 + 4, erased: 1, isServed: false });
  });

  test("changes nothing", async () => {
    // SQLite makes its companion files anew to read; they are empty.
    const contents = () =>
      readdirSync(paths.dataDir, { recursive: true, encoding: "utf8" })
        .map((name) => join(paths.dataDir, name))
        .filter((path) => statSync(path).isFile() && !/-(?:wal|shm)$/.test(path))
        .map((path) => [path, readFileSync(path).toString("base64")]);
    const before = contents();
    await check();
    expect(contents()).toEqual(before);
  });

  test("tells that somebody has the directory", async () => {
    const lock = lockDirectory(paths.lock);
    expect((await check()).report).toMatchObject({ isServed: true, findings: 0 });
    lock.release();
  });

  test("refuses to check what is not there", async () => {
    rmSync(paths.signingKey);
    await expect(check()).rejects.toMatchObject({ code: "state_mismatch" });
    await expect(fsck({ paths: instancePaths(join(directory, "none")), onFinding: () => 0 })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

/** What is done to the instance, and what fsck must say: code, and where. */
const DAMAGES: readonly (readonly [string, () => void, string, Partial<Finding["place"]>])[] = [
  [
    "an altered entry in a segment",
    () => flip(segmentFile(0), 12 + 44 * 100 + 20),
    "event_altered",
    { sequence: 100, origin: expect.any(String) as string },
  ],
  [
    "an altered body in a segment",
    () => flip(segmentFile(0), 12 + 44 * 350 + 500),
    "chunk_damaged",
    { offset: 15_412 },
  ],
  ["a segment that is gone", () => rmSync(segmentFile(1)), "segment_missing", { table: "segments", key: "1/1/350" }],
  [
    "two segments in each other's place",
    () => {
      const [a, b] = [segmentFile(0), segmentFile(1)];
      renameSync(a, `${a}.x`);
      renameSync(b, a);
      renameSync(`${a}.x`, b);
    },
    "segment_misplaced",
    { origin: expect.any(String) as string },
  ],
  [
    "a file nobody knows",
    () => writeFileSync(join(paths.blobs, "segments/1/e1/x.seg"), "x"),
    "file_stray",
    { file: "segments/1/e1/x.seg" },
  ],
  [
    "what a crash left half written",
    () => writeFileSync(join(paths.blobs, "segments/1/e1/y.seg.tmp"), "x"),
    "file_stray",
    { file: "segments/1/e1/y.seg.tmp" },
  ],
  [
    "a journal row that is gone",
    () => sql(paths.database, "DELETE FROM journal WHERE tenant_no = 1 AND first = 540"),
    "range_gap",
    { origin: expect.any(String) as string, sequence: 540 },
  ],
  [
    "events that are there twice",
    () => sql(paths.database, "UPDATE segments SET count = count + 1 WHERE first = 0"),
    "range_overlap",
    { table: "segments", key: "1/1/350" },
  ],
  [
    "a bitmap that says more than it may",
    () => sql(paths.database, "UPDATE journal SET skipped = x'00000000' WHERE tenant_no = 2"),
    "journal_row_damaged",
    { table: "journal", key: "2/1/0" },
  ],
  [
    "an older checkpoint of another size",
    () => sql(paths.database, "UPDATE old_checkpoints SET size = 349 WHERE size = 350 AND log = 0"),
    "old_checkpoint_wrong",
    { table: "old_checkpoints", key: "1/0/1/349" },
  ],
  [
    "a key destroyed with nothing left of it",
    () => sql(paths.keys, "DELETE FROM subjects WHERE ref = (SELECT ref FROM identifiers WHERE tenant_no = 1 LIMIT 1)"),
    "subject_missing",
    { origin: expect.any(String) as string },
  ],
  [
    "a person who is not in the directory",
    () => sql(paths.keys, "DELETE FROM identifiers WHERE tenant_no = 2"),
    "identifier_missing",
    { table: "journal", key: "2/1/0" },
  ],
  [
    "an identity that is not remembered",
    () => sql(paths.database, "DELETE FROM dedupe_recent WHERE no = (SELECT max(no) FROM dedupe_recent)"),
    "identity_missing",
    { sequence: 570 },
  ],
  [
    "a control entry that is gone",
    () => sql(paths.database, "DELETE FROM control WHERE tenant_no = 1 AND sequence = 0"),
    "control_missing",
    { sequence: 0 },
  ],
  [
    "a row written behind our back",
    () => sql(paths.database, "INSERT INTO projects (id, name, created_at) VALUES ('evil', 'Evil', 1)"),
    "row_digest_missing",
    { table: "projects", key: "[2]" },
  ],
  [
    "a key given more rights",
    () => sql(paths.database, "UPDATE api_keys SET scopes = 'admin'"),
    "row_altered",
    { table: "api_keys" },
  ],
  [
    "a number that no reader can hold",
    () => sql(paths.database, "UPDATE cursors SET sequence = 1 << 60 WHERE follower = 'stream'"),
    "column_malformed",
    { table: "cursors", key: '["stream",1,1]' },
  ],
  [
    "a table of another making",
    () => sql(paths.database, "ALTER TABLE seen_actions ADD COLUMN extra TEXT"),
    "schema_altered",
    { file: "cairn.db", key: "seen_actions" },
  ],
  [
    "the guard of a newer data directory",
    () => sql(paths.guard, "UPDATE heads SET size = size + 1"),
    "guard_ahead",
    { table: "guard.db/heads" },
  ],
  [
    "a journal key that nobody needs",
    () =>
      sql(paths.keys, "INSERT INTO journal_keys SELECT tenant_no, 0, wrapped FROM journal_keys WHERE tenant_no = 1"),
    "journal_key_unneeded",
    { table: "keys.db/journal_keys", key: "1/0" },
  ],
];

describe("fsck names the damage and its place:", () => {
  test.each(DAMAGES)("%s", async (_name, damage, code, place) => {
    damage();
    const { findings } = await check();
    const found = findings.filter((finding) => finding.code === code);
    expect(findings.map((finding) => finding.code)).toContain(code);
    expect(found.some((finding) => matches(finding, place))).toBe(true);
  });
});

function matches(finding: Finding, place: Partial<Finding["place"]>): boolean {
  try {
    expect(finding.place).toMatchObject(place);
    return true;
  } catch {
    return false;
  }
}

describe("fsck with the index", () => {
  const same = { missing: [], surplus: [], different: [], repeated: [] };
  const probe = (differences: object, end = 17): IndexProbe => ({
    compare: () => Promise.resolve({ ...same, ...differences }),
    held: () => Promise.resolve([{ tenantNo: 1, ledger: 1, end }]),
  });

  test("asks about every event up to the index's cursor, once", async () => {
    const asked: [number, number, number][] = [];
    const index = {
      ...probe({}),
      compare: (range: { from: number; to: number; events: readonly unknown[] }) => {
        asked.push([range.from, range.to, range.events.length]);
        return Promise.resolve(same);
      },
    };
    expect((await check(index)).findings).toEqual([]);
    expect(asked).toEqual([[0, 17, 17]]);
  });

  test.each([
    ["index_missing", { missing: [3] }, 3],
    ["index_extra", { surplus: [4] }, 4],
    ["index_different", { different: [5] }, 5],
    ["index_repeated", { repeated: [6] }, 6],
  ])("reports %s", async (code, differences, sequence) => {
    expect((await check(probe(differences))).findings).toMatchObject([{ code, place: { table: "index", sequence } }]);
  });

  test("reports rows behind the end of the log", async () => {
    expect((await check(probe({}, 600))).findings).toMatchObject([{ code: "index_extra", place: { sequence: 575 } }]);
  });
});
