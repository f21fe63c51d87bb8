import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { BlobSource } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import type { Paths } from "../storage/paths.ts";
import type { Findings } from "./finding.ts";

/** A running server names a file in the manifest soon after it wrote it. */
const GRACE_MS = 10 * 60_000;
/** A running server removes a file right after it took its name out of the manifest. */
const SETTLE_MS = 300;

/** Reports files that no row names. A server removes them when it starts. */
export async function checkFiles(options: {
  readonly db: Database;
  readonly blobs: BlobSource;
  readonly paths: Paths;
  readonly isServed: boolean;
  readonly findings: Findings;
}): Promise<void> {
  const { db, blobs, paths, isServed, findings } = options;
  const files = blobs.listAll();
  const named = new Set(
    db.all<{ name: string }>("SELECT name FROM segments UNION SELECT name FROM dedupe_runs").map((row) => row.name),
  );
  const strays = files.filter((name) => !named.has(name));
  if (strays.length === 0) return;
  if (isServed) await setTimeout(SETTLE_MS);
  for (const name of strays) {
    const path = join(paths.blobs, name);
    if (isServed && (!existsSync(path) || Date.now() - statSync(path).mtimeMs < GRACE_MS)) continue;
    findings.add("file_stray", { file: name }, "no row names the file: a crash left it, or somebody put it there");
  }
}
