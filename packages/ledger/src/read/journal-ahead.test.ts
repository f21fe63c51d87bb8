import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "../storage/database.ts";
import { migrate } from "../storage/schema.ts";
import { JournalAhead } from "./journal-ahead.ts";

let directory: string;
let db: Database;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-ahead-"));
  db = openDatabase({ path: join(directory, "cairn.db"), mode: "writer" });
  migrate(db, "cairn");
});
afterEach(() => {
  db.close();
  rmSync(directory, { recursive: true });
});

/** Fills the journal with rows of several tenants, in turns, and gives how far each is. */
function fill(counts: readonly { readonly tenantNo: number; readonly count: number; readonly bytes: number }[]) {
  const ends = new Map<number, number>();
  db.transaction(() => {
    db.run("DELETE FROM journal");
    for (const { tenantNo, count, bytes } of counts) {
      const first = ends.get(tenantNo) ?? 0;
      ends.set(tenantNo, first + count);
      db.run(
        "INSERT INTO journal VALUES (?, 1, ?, ?, 1, NULL, ?, ?)",
        tenantNo,
        first,
        count,
        new Uint8Array(42 * count),
        new Uint8Array(bytes).fill(tenantNo),
      );
    }
  });
  return ends;
}

const rows = fc.array(
  fc.record({
    tenantNo: fc.integer({ min: 1, max: 9 }),
    count: fc.integer({ min: 1, max: 3 }),
    bytes: fc.constantFrom(10, 900, 20_000),
  }),
  { minLength: 1, maxLength: 400 },
);

test("finds each row as a look-up would, in whatever order it is asked", () => {
  fc.assert(
    fc.property(
      rows,
      fc.array(fc.record({ tenantNo: fc.integer({ min: 1, max: 10 }), at: fc.nat(300) }), { maxLength: 200 }),
      (made, asked) => {
        const ends = fill(made);
        const ahead = new JournalAhead(db);
        for (const { tenantNo, at } of asked) {
          const row = ahead.at(tenantNo, 1, at);
          if (at >= (ends.get(tenantNo) ?? 0)) expect(row).toBeUndefined();
          else {
            expect(row).toMatchObject({ tenant_no: tenantNo, ledger: 1 });
            expect(row!.first <= at && at < row!.first + row!.count).toBe(true);
            expect(row!.body[0]).toBe(tenantNo);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("reads rows that come in turns ahead, and each only once", () => {
  const turns = Array.from({ length: 600 }, (_, i) => ({ tenantNo: 1 + (i % 100), count: 1, bytes: 50 }));
  fill(turns);
  let reads = 0;
  const counting: Database = {
    ...db,
    get: (sql, ...values) => {
      reads++;
      return db.get(sql, ...values);
    },
  };
  const ahead = new JournalAhead(counting);
  for (const [i, { tenantNo }] of turns.entries())
    expect(ahead.at(tenantNo, 1, Math.floor(i / 100))).toMatchObject({ tenant_no: tenantNo });
  expect(reads).toBeLessThan(10);
  // What moved away meanwhile is not found again.
  db.run("DELETE FROM journal WHERE tenant_no = 5");
  expect(ahead.at(5, 1, 0)).toBeUndefined();
});
