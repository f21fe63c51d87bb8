import { ENTRY_LENGTH, type HashKernel } from "@cairn/merkle";
import type { Keyring } from "../crypto/keyring.ts";
import { LedgerError } from "../error.ts";
import { type JournalRow, type MovingEvent, openMovingRow } from "../read/read-journal.ts";
import { readHead } from "../seal/sealer.ts";
import type { BlobInfo, Blobs } from "../storage/blobs.ts";
import { crashPoint } from "../storage/crash-point.ts";
import type { Database } from "../storage/database.ts";
import { isEnded, type LogState } from "../storage/logs.ts";
import { SEGMENT_EVENTS } from "./format.ts";
import { writeSegment } from "./write-segment.ts";

/** A segment that is on the disk and not yet in the manifest. */
export interface SegmentSwap {
  readonly tenantNo: number;
  readonly ledger: number;
  readonly first: number;
  readonly count: number;
  readonly info: BlobInfo;
}

/** What lies in the journal of one log, sealed and not yet moved. */
interface Backlog {
  readonly first: number;
  readonly count: number;
}

/** Moves sealed entries and their bodies from the journal into segments. Runs in the background; the writer swaps. */
export class Segmenter {
  private readonly db: Database;
  private readonly keyring: Keyring;
  private readonly blobs: Blobs;
  private readonly kernel: HashKernel;

  constructor(parts: {
    readonly db: Database;
    readonly keyring: Keyring;
    readonly blobs: Blobs;
    readonly kernel: HashKernel;
  }) {
    this.db = parts.db;
    this.keyring = parts.keyring;
    this.blobs = parts.blobs;
    this.kernel = parts.kernel;
  }

  /**
   * Writes the next segment of a log: whole journal rows that are sealed and lie before `before`, up to the first that
   * fills it. Undefined when there are fewer than `atLeast` entries.
   */
  build(
    log: LogState,
    { before = Number.MAX_SAFE_INTEGER, atLeast = 1 }: { readonly before?: number; readonly atLeast?: number } = {},
  ): SegmentSwap | undefined {
    const backlog = this.backlog(log, before);
    if (backlog === undefined || backlog.count < atLeast) return undefined;
    const { first } = backlog;
    const entries = this.entries(log, backlog);
    const count = entries.length / ENTRY_LENGTH;
    const info = writeSegment(
      { name: segmentName(log, first), origin: log.origin, ledger: log.ledger, first, class: "default" },
      { entries, rows: this.rows(log, { first, count }) },
      { blobs: this.blobs, kernel: this.kernel, subjectKey: (ref) => this.keyring.subjectKey(log.tenantNo, ref) },
    );
    return { tenantNo: log.tenantNo, ledger: log.ledger, first, count, info };
  }

  /** Entries of the rows that go into the next segment. */
  private entries(log: LogState, { first, count }: Backlog): Buffer {
    const pieces: Uint8Array[] = [];
    let taken = 0;
    const rows = this.db.iterate<{ count: number; entries: Uint8Array }>(
      "SELECT count, entries FROM journal WHERE tenant_no = ? AND ledger = ? AND first >= ? AND first + count <= ? ORDER BY first",
      log.tenantNo,
      log.ledger,
      first,
      first + count,
    );
    for (const row of rows) {
      pieces.push(row.entries);
      taken += row.count;
      if (taken >= SEGMENT_EVENTS) break;
    }
    return Buffer.concat(pieces);
  }

  /** Opens the rows of a range, one at a time. */
  private *rows(log: LogState, range: { readonly first: number; readonly count: number }): Generator<MovingEvent[]> {
    const keys = new Map<number, Uint8Array>();
    let next = range.first;
    while (next < range.first + range.count) {
      // A statement of its own for each row: no read transaction stays open while the segment is written.
      const row = this.db.get<JournalRow>(
        "SELECT * FROM journal WHERE tenant_no = ? AND ledger = ? AND first = ?",
        log.tenantNo,
        log.ledger,
        next,
      );
      if (row === undefined) throw new LedgerError("corrupt", `the journal of ${log.origin} has no row at ${next}`);
      const key = keys.get(row.key_no) ?? this.keyring.journalKey(log.tenantNo, row.key_no);
      keys.set(row.key_no, key);
      yield openMovingRow(row, { origin: log.origin, key });
      next += row.count;
    }
  }

  private backlog(log: LogState, before: number): Backlog | undefined {
    // An epoch that has ended is never sealed further: what it holds beyond its last head moves as it is.
    const sealed = isEnded(this.db, log) ? log.size : (readHead(this.db, log)?.size ?? 0);
    const row = this.db.get<{ first: number | null; end: number }>(
      "SELECT min(first) AS first, max(first + count) AS end FROM journal WHERE tenant_no = ? AND ledger = ? AND first + count <= ?",
      log.tenantNo,
      log.ledger,
      Math.min(sealed, before),
    );
    return row?.first == null ? undefined : { first: row.first, count: row.end - row.first };
  }
}

let nameCounter = 0;

/** A name that says what is inside and was never used before. */
function segmentName(log: LogState, first: number): string {
  const unique = `${Date.now().toString(36)}${process.pid.toString(36)}${(nameCounter++).toString(36)}`;
  return `segments/${log.tenantNo}/e${log.ledger}/${String(first).padStart(12, "0")}-${unique}.seg`;
}

/** Puts a written segment into the manifest and takes its rows out of the journal, in one transaction. Runs in the writer. */
export function swapSegment(db: Database, swap: SegmentSwap): void {
  const { tenantNo, ledger, first, count, info } = swap;
  db.transaction(() => {
    db.run(
      "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?)",
      tenantNo,
      ledger,
      first,
      count,
      info.name,
      info.bytes,
      info.sha256,
    );
    const { changes } = db.run(
      "DELETE FROM journal WHERE tenant_no = ? AND ledger = ? AND first >= ? AND first < ?",
      tenantNo,
      ledger,
      first,
      first + count,
    );
    if (changes === 0) throw new Error("BUG: a segment without journal rows");
  });
  crashPoint("segments-swapped");
}

/** Removes files that no manifest row names: what a crash left between rename and transaction. */
export function sweepSegments(db: Database, blobs: Blobs): string[] {
  const named = new Set(
    db.all<{ name: string }>("SELECT name FROM segments UNION SELECT name FROM dedupe_runs").map((row) => row.name),
  );
  const stray = [...blobs.list("segments"), ...blobs.list("identities")].filter((name) => !named.has(name));
  for (const name of stray) blobs.remove(name);
  blobs.sweepUnfinished();
  return stray;
}
