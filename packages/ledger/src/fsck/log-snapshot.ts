import type { Database } from "../storage/database.ts";
import { EVENT_LOG, type LogState, readLogAt } from "../storage/logs.ts";
import { checkHead, checkOldCheckpoints, createNoteCheck, logKey } from "./check-head.ts";
import type { Findings } from "./finding.ts";
import { type RootClaim, readStoredTiles, type StoredTiles } from "./tree-check.ts";

/** What changes about a log while a server runs, as of one moment. */
export interface LogSnapshot {
  readonly log: LogState;
  readonly headSize: number;
  readonly tiles: StoredTiles;
  /** What head and older checkpoints say of the entries. */
  readonly claims: readonly RootClaim[];
}

/** Reads all that changes about a log in one short transaction, and checks what needs no entries. */
export function snapshotLog(
  db: Database,
  known: LogState,
  options: { readonly signingSecret: Uint8Array; readonly findings: Findings },
): LogSnapshot {
  const { findings } = options;
  db.exec("BEGIN");
  try {
    const log = readLogAt(db, known) ?? known;
    const context = { db, log, notes: createNoteCheck(log, options.signingSecret), findings };
    const { head, claims } = checkHead(context);
    const old = checkOldCheckpoints(context);
    for (const { size, place } of old)
      if (size > (head?.size ?? -1))
        findings.add("old_checkpoint_wrong", place, "an older checkpoint is larger than the head");
    if (log.log === EVENT_LOG) checkRanges(db, log, findings);
    else checkControlRows(db, log, findings);
    return { log, headSize: head?.size ?? -1, tiles: readStoredTiles(db, log), claims: [...claims, ...old] };
  } finally {
    db.exec("COMMIT");
  }
}

/** Journal rows and segments together must cover every sequence exactly once. */
function checkRanges(db: Database, log: LogState, findings: Findings): void {
  let next = 0;
  const rows = db.iterate<{ table: string; first: number; count: number }>(
    `SELECT 'segments' AS "table", first, count FROM segments WHERE tenant_no = ?1 AND ledger = ?2
     UNION ALL SELECT 'journal', first, count FROM journal WHERE tenant_no = ?1 AND ledger = ?2 ORDER BY first`,
    log.tenantNo,
    log.ledger,
  );
  for (const { table, first, count } of rows) {
    const place = { table, key: `${log.tenantNo}/${log.ledger}/${first}`, origin: log.origin, sequence: first };
    if (first < next) findings.add("range_overlap", place, `entries up to ${next - 1} are there twice`);
    if (first > next)
      findings.add("range_gap", { ...place, sequence: next }, `entries ${next} to ${first - 1} are missing`);
    if (count === 0) findings.add("range_overlap", place, "the row holds no entry");
    next = Math.max(next, first + count);
  }
  checkSize(log, next, findings);
}

function checkControlRows(db: Database, log: LogState, findings: Findings): void {
  const { end } = db.get<{ end: number | null }>(
    "SELECT max(sequence) + 1 AS end FROM control WHERE tenant_no = ? AND ledger = ?",
    log.tenantNo,
    log.ledger,
  )!;
  checkSize(log, end ?? 0, findings);
}

function checkSize(log: LogState, end: number, findings: Findings): void {
  if (end === log.size) return;
  const place = { table: "logs", key: logKey(log), origin: log.origin };
  findings.add("log_size_wrong", place, `the log is said to have ${log.size} entries, and its rows end at ${end}`);
}
