import { ENTRY_LENGTH } from "@cairn/merkle";
import type { Keyring } from "../crypto/keyring.ts";
import { LedgerError } from "../error.ts";
import { BUNDLE_SLOT_BYTES } from "../segment/format.ts";
import { openSegment } from "../segment/read-segment.ts";
import { SegmentScan } from "../segment/scan-segment.ts";
import { type OpenedPieces, SparseReader } from "../segment/sparse-reader.ts";
import type { BlobSource } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import { EVENT_LOG } from "../storage/logs.ts";
import { RecentBytes } from "../storage/recent-bytes.ts";
import { RecentMap } from "../storage/recent-map.ts";
import { type EventColumns, openJournalColumns } from "./event-columns.ts";
import { JournalAhead } from "./journal-ahead.ts";
import type { JournalRow } from "./read-journal.ts";
import { openSparseJournalRow, type SparseJournalRow } from "./sparse-journal-row.ts";
import type { StoredEvent } from "./stored-event.ts";

/** Open segments kept per thread: file handles and contents. */
export const OPEN_SEGMENTS = 64;
/** What is opened is kept, because most questions are about the newest events: a segment's worth that is still journal. */
const OPENED_ROW_BYTES = 32 * 1024 * 1024;
/** And of segments, the newest hundred chunks and the people in them. */
const OPENED_PIECE_BYTES = 16 * 1024 * 1024;
/** Tenants whose origin and newest journal key are kept: about 300 bytes each. */
const CACHED_TENANTS = 40_000;

interface JournalKey {
  readonly keyNo: number;
  readonly key: Uint8Array;
}

interface Range {
  readonly first: number;
  readonly count: number;
}

/**
 * Reads events and entries wherever they lie, journal or segments. One per thread, over a reader connection; a segment
 * that was rewritten meanwhile is found again under its new name.
 */
export class EventReader {
  private readonly segments = new Map<string, SparseReader>();
  private readonly rows = new RecentBytes<SparseJournalRow>(OPENED_ROW_BYTES);
  private readonly pieces: OpenedPieces = new RecentBytes(OPENED_PIECE_BYTES);
  private readonly origins = new RecentMap<string, string>(CACHED_TENANTS);
  /** By tenant, of the row read last: rows come one after the other, and nearly all are under the same. */
  private readonly journalKeys = new RecentMap<number, JournalKey>(CACHED_TENANTS);
  private readonly ahead: JournalAhead;
  private readonly db: Database;
  private readonly keyring: Keyring;
  private readonly blobs: BlobSource;

  constructor(parts: { readonly db: Database; readonly keyring: Keyring; readonly blobs: BlobSource }) {
    this.db = parts.db;
    this.keyring = parts.keyring;
    this.blobs = parts.blobs;
    this.ahead = new JournalAhead(parts.db);
  }

  /** Reads one event, or undefined when the log has no such entry or its body is gone. */
  event(tenantNo: number, ledger: number, sequence: number): StoredEvent | undefined {
    return this.range(tenantNo, ledger, { first: sequence, count: 1 })[0];
  }

  /** Reads events by sequence, in the order asked for; what is not there is left out. */
  events(tenantNo: number, ledger: number, sequences: readonly number[]): StoredEvent[] {
    const found = new Map<number, StoredEvent>();
    // In order of sequence each chunk is opened once.
    for (const sequence of [...sequences].sort((a, b) => a - b)) {
      const event = this.event(tenantNo, ledger, sequence);
      if (event !== undefined) found.set(sequence, event);
    }
    return sequences.flatMap((sequence) => found.get(sequence) ?? []);
  }

  /** Reads the events of a range of sequences, in order. */
  range(tenantNo: number, ledger: number, range: Range): StoredEvent[] {
    const events: StoredEvent[] = [];
    const end = range.first + range.count;
    let next = range.first;
    while (next < end) {
      const got = this.piece(tenantNo, ledger, { first: next, count: end - next });
      if (got.length === 0) break;
      for (const event of got) events.push(event);
      next = got.at(-1)!.sequence + 1;
    }
    return events;
  }

  /**
   * Reads events column by column, in order of sequence and in the pieces in which they are stored: the first piece may
   * begin before the range and the last end behind it. Passes over what is nowhere. For followers, which read everything
   * once; each piece is opened once.
   */
  *columns(tenantNo: number, ledger: number, range: Range): Generator<EventColumns> {
    const end = range.first + range.count;
    let scan: SegmentScan | undefined;
    for (let next = range.first; next < end; ) {
      const piece = this.journalColumns(tenantNo, ledger, next);
      if (piece !== undefined) {
        yield piece;
        next = piece.end;
        continue;
      }
      // Rows move from the journal into segments and never back, so what is not here is nowhere.
      const segment = this.segmentAt(tenantNo, ledger, next)?.segment;
      if (segment === undefined) {
        next = this.nextStored(tenantNo, ledger, next) ?? end;
        continue;
      }
      if (scan?.segment !== segment)
        scan = new SegmentScan(segment, { tenantNo, subjectKey: (ref) => this.keyring.subjectKey(tenantNo, ref) });
      for (const chunk of scan.chunks({ first: next, end })) {
        yield chunk;
        next = chunk.end;
      }
    }
  }

  /** The first sequence behind `sequence` at which something stored begins. */
  private nextStored(tenantNo: number, ledger: number, sequence: number): number | undefined {
    const row = this.db.get<{ next: number | null }>(
      "SELECT min(first) AS next FROM (SELECT min(first) AS first FROM segments WHERE tenant_no = ?1 AND ledger = ?2 AND first > ?3 " +
        "UNION ALL SELECT min(first) FROM journal WHERE tenant_no = ?1 AND ledger = ?2 AND first > ?3)",
      tenantNo,
      ledger,
      sequence,
    );
    return row?.next ?? undefined;
  }

  private journalColumns(tenantNo: number, ledger: number, sequence: number): EventColumns | undefined {
    const row = this.ahead.at(tenantNo, ledger, sequence);
    if (row === undefined) return undefined;
    const origin = this.origin(tenantNo, ledger);
    const known = this.journalKeys.get(tenantNo);
    if (known?.keyNo === row.key_no) {
      try {
        return openJournalColumns(row, { origin, key: known.key });
      } catch {
        // Numbers of keys come again: the one that was kept may be another's.
        this.journalKeys.delete(tenantNo);
      }
    }
    const key = this.keyring.findJournalKey(tenantNo, row.key_no);
    if (key !== undefined) {
      const columns = openJournalColumns(row, { origin, key });
      this.journalKeys.set(tenantNo, { keyNo: row.key_no, key });
      return columns;
    }
    // The row has moved into a segment since it was read, or its key was lost.
    if (this.segmentAt(tenantNo, ledger, sequence) !== undefined) return undefined;
    throw new LedgerError("key_missing", `journal key ${row.key_no} of tenant ${tenantNo} is gone`);
  }

  /** Reads entries of the event log: `count` times 42 bytes. @throws LedgerError not_found when one is missing */
  entries(tenantNo: number, ledger: number, range: Range): Buffer {
    const out = Buffer.alloc(range.count * ENTRY_LENGTH);
    const end = range.first + range.count;
    let next = range.first;
    while (next < end) {
      const at = (next - range.first) * ENTRY_LENGTH;
      const segment = this.segmentAt(tenantNo, ledger, next)?.segment;
      if (segment !== undefined) {
        const index = next - segment.contents.first;
        const count = Math.min(end - next, segment.contents.count - index);
        const slots = segment.entrySlots(index, count);
        for (let i = 0; i < count; i++)
          slots.copy(out, at + i * ENTRY_LENGTH, i * BUNDLE_SLOT_BYTES + 2, (i + 1) * BUNDLE_SLOT_BYTES);
        next += count;
        continue;
      }
      const row = this.rowAt(tenantNo, ledger, next);
      if (row === undefined) throw new LedgerError("not_found", `the log has no entry ${next}`);
      const index = next - row.first;
      const count = Math.min(end - next, row.count - index);
      out.set(row.entries.subarray(index * ENTRY_LENGTH, (index + count) * ENTRY_LENGTH), at);
      next += count;
    }
    return out;
  }

  close(): void {
    for (const { segment } of this.segments.values()) segment.close();
    this.segments.clear();
  }

  /** Forgets what was decoded: a subject's key has been destroyed. */
  forget(): void {
    this.rows.clear();
    this.pieces.clear();
    this.journalKeys.clear();
    this.ahead.forget();
    this.close();
  }

  private piece(tenantNo: number, ledger: number, range: Range): StoredEvent[] {
    const stored = this.segmentAt(tenantNo, ledger, range.first);
    if (stored !== undefined) return eventsOf(stored, range);
    const row = this.rowAt(tenantNo, ledger, range.first);
    const opened = row === undefined ? undefined : this.openRow(row);
    if (row !== undefined && opened !== undefined) {
      const index = range.first - row.first;
      const count = Math.min(range.count, opened.count - index);
      return Array.from({ length: count }, (_, i) => opened.event(index + i));
    }
    // The row may have moved into a segment between the two look-ups, and its key have been destroyed.
    const moved = this.segmentAt(tenantNo, ledger, range.first);
    return moved === undefined ? [] : eventsOf(moved, range);
  }

  private segmentAt(tenantNo: number, ledger: number, sequence: number): SparseReader | undefined {
    const row = this.db.get<{ first: number; count: number; name: string }>(
      "SELECT first, count, name FROM segments WHERE tenant_no = ? AND ledger = ? AND first <= ? ORDER BY first DESC LIMIT 1",
      tenantNo,
      ledger,
      sequence,
    );
    if (row === undefined || sequence >= row.first + row.count) return undefined;
    let reader = this.segments.get(row.name);
    if (reader === undefined) {
      reader = new SparseReader(openSegment(this.blobs, row.name), {
        subjectKey: (ref) => this.keyring.subjectKey(tenantNo, ref),
        opened: this.pieces,
      });
      if (this.segments.size >= OPEN_SEGMENTS) {
        const [oldest] = this.segments.keys();
        this.segments.get(oldest!)!.segment.close();
        this.segments.delete(oldest!);
      }
    } else this.segments.delete(row.name);
    this.segments.set(row.name, reader); // last in the map is the most recently used
    return reader;
  }

  private rowAt(tenantNo: number, ledger: number, sequence: number): JournalRow | undefined {
    const row = this.db.get<JournalRow>(
      "SELECT * FROM journal WHERE tenant_no = ? AND ledger = ? AND first <= ? ORDER BY first DESC LIMIT 1",
      tenantNo,
      ledger,
      sequence,
    );
    return row === undefined || sequence >= row.first + row.count ? undefined : row;
  }

  /** Opens a row; undefined when it is there no more and its key is gone. */
  private openRow(row: JournalRow): SparseJournalRow | undefined {
    const id = `${row.tenant_no}/${row.ledger}/${row.first}`;
    let opened = this.rows.get(id);
    if (opened === undefined) {
      const key = this.keyring.findJournalKey(row.tenant_no, row.key_no);
      if (key === undefined && this.segmentAt(row.tenant_no, row.ledger, row.first) !== undefined) return undefined;
      if (key === undefined)
        throw new LedgerError("key_missing", `journal key ${row.key_no} of tenant ${row.tenant_no} is gone`);
      opened = openSparseJournalRow(row, { origin: this.origin(row.tenant_no, row.ledger), key });
      this.rows.set(id, opened, opened.byteLength);
    }
    return opened;
  }

  private origin(tenantNo: number, ledger: number): string {
    const id = `${tenantNo}/${ledger}`;
    let origin = this.origins.get(id);
    if (origin === undefined) {
      origin = this.db.get<{ origin: string }>(
        "SELECT origin FROM logs WHERE tenant_no = ? AND log = ? AND ledger = ?",
        tenantNo,
        EVENT_LOG,
        ledger,
      )?.origin;
      if (origin === undefined) throw new LedgerError("not_found", `tenant ${tenantNo} has no epoch ${ledger}`);
      this.origins.set(id, origin);
    }
    return origin;
  }
}

function eventsOf(reader: SparseReader, { first, count }: Range): StoredEvent[] {
  const { contents } = reader.segment;
  const index = first - contents.first;
  return reader.events(index, Math.min(count, contents.count - index));
}
