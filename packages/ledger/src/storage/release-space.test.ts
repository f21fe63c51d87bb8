import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { releaseSpace } from "./release-space.ts";

const MIB = 1024 * 1024;

test("a database gives back what was deleted, piece by piece, but for a reserve", () => {
  const directory = mkdtempSync(join(tmpdir(), "cairn-space-"));
  const path = join(directory, "a.db");
  const db = openDatabase({ path, mode: "writer" });
  try {
    db.exec("CREATE TABLE rows (no INTEGER PRIMARY KEY, body BLOB)");
    db.transaction(() => {
      for (let i = 0; i < 64; i++) db.run("INSERT INTO rows VALUES (?, zeroblob(?))", i, MIB);
    });
    // The last row keeps its place at the end of the file: it has to move.
    db.run("DELETE FROM rows WHERE no < 63");
    let pieces = 0;
    let left = releaseSpace(db);
    for (; left > 0; left = releaseSpace(db)) pieces++;
    expect(pieces).toBeGreaterThan(20);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const bytes = statSync(path).size;
    expect(bytes).toBeLessThan(12 * MIB);
    expect(bytes).toBeGreaterThan(8 * MIB);
    expect(db.get<{ bytes: number }>("SELECT length(body) AS bytes FROM rows")?.bytes).toBe(MIB);
    expect(releaseSpace(db)).toBe(0);
  } finally {
    db.close();
    rmSync(directory, { recursive: true });
  }
});
