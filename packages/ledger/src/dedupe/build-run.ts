import type { BlobInfo, Blobs } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import type { RunJob } from "./identity-index.ts";
import { RECORD_BYTES } from "./records.ts";
import { mergeRecords, readRun, sortRecords, writeRun } from "./run.ts";

/** Does a job of the identity index, in a background thread: reads only what is committed and immutable. */
export function buildRun(
  job: RunJob,
  { db, blobs }: { readonly db: Database; readonly blobs: Blobs },
): { info: BlobInfo; count: number } {
  if (job.from.kind === "recent") {
    const rows = db.all<{ records: Uint8Array }>(
      "SELECT records FROM dedupe_recent WHERE no <= ? ORDER BY no",
      job.from.lastNo,
    );
    const records = sortRecords(Buffer.concat(rows.map((row) => row.records)));
    const count = records.length / RECORD_BYTES;
    return { info: writeRun(blobs, job.name, { count, batches: [records] }), count };
  }
  const { names } = job.from;
  let count = 0;
  for (const name of names)
    count += db.get<{ count: number }>("SELECT count FROM dedupe_runs WHERE name = ?", name)!.count;
  const batches = mergeRecords(names.map((name) => readRun(blobs, name)));
  return { info: writeRun(blobs, job.name, { count, batches }), count };
}
