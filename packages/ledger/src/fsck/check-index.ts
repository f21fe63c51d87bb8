import type { EventReader } from "../read/event-reader.ts";
import type { StoredEvent } from "../read/stored-event.ts";
import type { Database } from "../storage/database.ts";
import { EVENT_LOG, type LogState, readLogAt } from "../storage/logs.ts";
import type { FindingCode, Findings } from "./finding.ts";

/** Events compared with the index at a time. */
const STEP = 10_000;

/** How the index differs from the ledger over a range, by sequence. */
export interface IndexDifferences {
  readonly missing: readonly number[];
  /** In the index only. */
  readonly surplus: readonly number[];
  /** In both, with other content. */
  readonly different: readonly number[];
  readonly repeated: readonly number[];
}

/** What fsck asks of the search index; whoever holds the index offers it. */
export interface IndexProbe {
  /** Compares what the index has of a range with what it should have. */
  compare(range: {
    readonly tenantNo: number;
    readonly ledger: number;
    readonly from: number;
    readonly to: number;
    readonly events: readonly StoredEvent[];
  }): Promise<IndexDifferences>;
  /** Every log of which the index has rows, and the end of its sequences. */
  held(): Promise<readonly { readonly tenantNo: number; readonly ledger: number; readonly end: number }[]>;
}

/** Compares the index with the logs as far as it says that it has come: every event once, as it is, and nothing else. */
export async function checkIndex(
  index: IndexProbe,
  context: {
    readonly db: Database;
    readonly logs: readonly LogState[];
    readonly reader: EventReader;
    readonly findings: Findings;
  },
): Promise<void> {
  const { db, logs, reader, findings } = context;
  for (const log of logs) {
    if (log.log !== EVENT_LOG) continue;
    const { tenantNo, ledger } = log;
    const end = Math.min(cursorOf(db, log), log.size);
    for (let from = 0; from < end; from += STEP) {
      const to = Math.min(end, from + STEP);
      const events = reader.range(tenantNo, ledger, { first: from, count: to - from });
      report(log, await index.compare({ tenantNo, ledger, from, to, events }), findings);
    }
  }
  for (const { tenantNo, ledger, end } of await index.held()) {
    // Beside a running server the log has grown since, and the index with it.
    const size = readLogAt(db, { tenantNo, log: EVENT_LOG, ledger })?.size ?? 0;
    if (end <= size) continue;
    const place = { table: "index", key: `${tenantNo}/${ledger}`, sequence: size };
    findings.add("index_extra", place, `the index has rows up to ${end - 1}, and the log has ${size} entries`);
  }
}

function cursorOf(db: Database, { tenantNo, ledger }: LogState): number {
  const row = db.get<{ sequence: number }>(
    "SELECT sequence FROM cursors WHERE follower = 'index' AND tenant_no = ? AND ledger = ?",
    tenantNo,
    ledger,
  );
  return row?.sequence ?? 0;
}

function report(log: LogState, differences: IndexDifferences, findings: Findings): void {
  const all: readonly (readonly [FindingCode, readonly number[], string])[] = [
    ["index_missing", differences.missing, "the index does not have the event: run `cairn reindex`"],
    ["index_extra", differences.surplus, "the index has an event that the log does not have: run `cairn reindex`"],
    ["index_different", differences.different, "the index has the event with other content: run `cairn reindex`"],
    ["index_repeated", differences.repeated, "the index has the event more than once: run `cairn reindex`"],
  ];
  for (const [code, sequences, message] of all) {
    for (const sequence of sequences) {
      const place = { table: "index", key: `${log.tenantNo}/${log.ledger}`, origin: log.origin, sequence };
      findings.add(code, place, message);
    }
  }
}
