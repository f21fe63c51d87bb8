import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeEntry } from "@cairn/merkle";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "../storage/database.ts";
import { migrate } from "../storage/schema.ts";
import { JournalWatch } from "./journal-watch.ts";

let directory: string;
let db: Database;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-watch-"));
  db = openDatabase({ path: join(directory, "cairn.db"), mode: "writer" });
  migrate(db, "cairn");
});
afterEach(() => {
  db.close();
  rmSync(directory, { recursive: true });
});

const BODY_BYTES = 1_000;
const ENTRY_BYTES = 42;

function insert(
  tenantNo: number,
  first: number,
  { count, receivedAtMs }: { count: number; receivedAtMs: number },
): void {
  const entry = encodeEntry({ kind: "event", receivedAt: receivedAtMs, eventRoot: new Uint8Array(32) });
  const entries = Buffer.concat(Array.from({ length: count }, () => entry));
  db.run(
    "INSERT INTO journal (tenant_no, ledger, first, count, key_no, skipped, entries, body) VALUES (?, 1, ?, ?, 1, NULL, ?, ?)",
    tenantNo,
    first,
    count,
    entries,
    new Uint8Array(BODY_BYTES),
  );
}

function remove(tenantNo: number, from: number, to: number): void {
  db.run("DELETE FROM journal WHERE tenant_no = ? AND first >= ? AND first < ?", tenantNo, from, to);
}

const stateOf = (watch: JournalWatch) =>
  [...watch.backlogs()].map(({ tenantNo, entries, oldestReceivedAtMs }) => [tenantNo, entries, oldestReceivedAtMs]);

describe("the watch over the journal", () => {
  test("counts what was there, what comes and what goes", () => {
    insert(1, 0, { count: 10, receivedAtMs: 1_000 });
    const watch = new JournalWatch(db);
    watch.look();
    expect(watch.arrivedEntries).toBe(0);
    insert(1, 10, { count: 5, receivedAtMs: 2_000 });
    insert(2, 0, { count: 1, receivedAtMs: 3_000 });
    watch.look();
    expect(stateOf(watch)).toEqual([
      [1, 15, 1_000],
      [2, 1, 3_000],
    ]);
    expect([...watch.backlogs()][0]?.bytes).toBe(2 * BODY_BYTES + 15 * ENTRY_BYTES);
    expect(watch.arrivedEntries).toBe(6);
    remove(1, 0, 10);
    watch.forget({ tenantNo: 1, ledger: 1 });
    watch.look();
    expect(stateOf(watch)).toEqual([
      [1, 5, 2_000],
      [2, 1, 3_000],
    ]);
    expect(watch.arrivedEntries).toBe(6);
  });

  test("counts anew when the numbers of rows begin again", () => {
    const watch = new JournalWatch(db);
    watch.look();
    insert(1, 0, { count: 10, receivedAtMs: 1_000 });
    insert(1, 10, { count: 10, receivedAtMs: 1_000 });
    watch.look();
    remove(1, 0, 20);
    // Written before the watch hears of the move, and under a number that it has seen.
    insert(1, 20, { count: 3, receivedAtMs: 5_000 });
    watch.forget({ tenantNo: 1, ledger: 1 });
    watch.look();
    expect(stateOf(watch)).toEqual([[1, 3, 5_000]]);
    insert(1, 23, { count: 4, receivedAtMs: 6_000 });
    watch.look();
    expect(stateOf(watch)).toEqual([[1, 7, 5_000]]);
  });

  test("does not count a row twice that came between a move and its news", () => {
    const watch = new JournalWatch(db);
    insert(1, 0, { count: 10, receivedAtMs: 1_000 });
    insert(1, 10, { count: 10, receivedAtMs: 2_000 });
    watch.look();
    insert(1, 20, { count: 7, receivedAtMs: 3_000 });
    remove(1, 0, 10);
    watch.forget({ tenantNo: 1, ledger: 1 });
    expect(stateOf(watch)).toEqual([[1, 10, 2_000]]);
    watch.look();
    expect(stateOf(watch)).toEqual([[1, 17, 2_000]]);
  });
});
