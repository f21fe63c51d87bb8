import { createHash } from "node:crypto";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recentDigest } from "../dedupe/identity-index.ts";
import { packPlace, RECORD_BYTES, read48, unpackPlace, write48 } from "../dedupe/records.ts";
import { bloomOf, mergeRecords, readRun, sortRecords } from "../dedupe/run.ts";
import type { BlobReader, BlobSource } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import type { LogState } from "../storage/logs.ts";
import type { Findings } from "./finding.ts";

/** Events are spooled by the first byte of their fingerprint, so that each part is small enough to sort in memory. */
const PARTS = 256;
const BUFFERED_RECORDS = 512;
const READ_BYTES = 1024 * 1024;
const RADIX_FROM_BYTES = 10_000 * RECORD_BYTES;

interface RunRow {
  readonly no: number;
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  readonly sha256: Uint8Array;
}

/**
 * Compares what deduplication knows with the events themselves: every event's identity must be found, and none may point
 * nowhere. Both sides are as of one moment, so that a running server can go on. What is spooled are keyed fingerprints
 * and places, 12 bytes an event.
 */
export class IdentityCheck {
  private readonly sizes = new Map<string, number>();
  private readonly unreadable: { readonly ledger: number; readonly first: number; readonly count: number }[] = [];
  private readonly recent: Uint8Array;
  private readonly runs: { readonly row: RunRow; readonly file: BlobReader }[] = [];
  private readonly spool: Spool;
  private readonly blobs: BlobSource;
  private readonly findings: Findings;

  constructor(parts: {
    readonly db: Database;
    readonly blobs: BlobSource;
    readonly logs: readonly LogState[];
    readonly findings: Findings;
  }) {
    this.blobs = parts.blobs;
    this.findings = parts.findings;
    for (const { tenantNo, ledger, size } of parts.logs) this.sizes.set(`${tenantNo}/${ledger}`, size);
    this.recent = this.readRecent(parts.db);
    for (const row of parts.db.all<RunRow>("SELECT no, name, count, bytes, sha256 FROM dedupe_runs ORDER BY no"))
      this.openRun(row);
    this.spool = new Spool();
  }

  /** Notes an event that is there. */
  add(tenantNo: number, place: { readonly ledger: number; readonly sequence: number }, digest: Uint8Array): void {
    if (place.sequence >= (this.sizes.get(`${tenantNo}/${place.ledger}`) ?? 0)) return;
    this.spool.add(read48(digest, 0), packPlace(place.ledger, place.sequence));
  }

  /** Notes events that cannot be read, which has a finding of its own: whatever points at them may be right. */
  addUnreadable(range: { readonly ledger: number; readonly first: number; readonly count: number }): void {
    this.unreadable.push(range);
  }

  /** Compares. Both sides are read in order of fingerprint. */
  finish(): void {
    const runs = this.runs.filter((run) => this.checkRun(run));
    const known = mergeRecords([[this.recent], ...runs.map(({ row, file }) => readRun(this.blobs, row.name, file))]);
    const left = new RecordStream(this.spool.sorted());
    const right = new RecordStream(bySortedPlaces(known));
    while (left.at !== undefined || right.at !== undefined) {
      const order = compare(left.at, right.at);
      if (order < 0)
        this.report("identity_missing", left.at!, "deduplication does not know the event: it could come in twice");
      else if (order > 0)
        this.report("identity_unknown", right.at!, "deduplication knows an identity that no event has");
      if (order <= 0) left.next();
      if (order >= 0) right.next();
    }
  }

  close(): void {
    this.spool.close();
    for (const { file } of this.runs) file.close();
  }

  private report(code: "identity_missing" | "identity_unknown", { place }: Record48, message: string): void {
    const { ledger, sequence } = unpackPlace(place);
    const isUnreadable = this.unreadable.some(
      (range) => range.ledger === ledger && range.first <= sequence && sequence < range.first + range.count,
    );
    if (code === "identity_unknown" && isUnreadable) return;
    this.findings.add(code, { table: "dedupe_recent, dedupe_runs", key: `ledger ${ledger}`, sequence }, message);
  }

  private readRecent(db: Database): Uint8Array {
    const all: Uint8Array[] = [];
    const rows = db.all<{ no: number; records: Uint8Array; digest: Uint8Array }>(
      "SELECT no, records, digest FROM dedupe_recent ORDER BY no",
    );
    for (const { no, records, digest } of rows) {
      const place = { table: "dedupe_recent", key: String(no) };
      if (!recentDigest(no, records).equals(digest) || records.length % RECORD_BYTES !== 0)
        this.findings.add("identity_row_altered", place, "the row's identities are not those that were written");
      all.push(records.subarray(0, records.length - (records.length % RECORD_BYTES)));
    }
    return sortRecords(Buffer.concat(all));
  }

  private openRun(row: RunRow): void {
    try {
      this.runs.push({ row, file: this.blobs.open(row.name) });
    } catch {
      this.findings.add(
        "run_missing",
        { table: "dedupe_runs", key: String(row.no), file: row.name },
        "the file is missing",
      );
    }
  }

  /** Checks a run's bytes; false when its records cannot be read. */
  private checkRun({ row, file }: { readonly row: RunRow; readonly file: BlobReader }): boolean {
    const place = { table: "dedupe_runs", key: String(row.no), file: row.name };
    if (file.bytes !== row.bytes || !digestOf(file).equals(row.sha256))
      this.findings.add("run_altered", place, "the file is not the one that was written: length or SHA-256 differ");
    try {
      let count = 0;
      let previous = -1;
      for (const batch of readRun(this.blobs, row.name, file)) {
        for (let at = 0; at < batch.length; at += RECORD_BYTES) {
          const fingerprint = read48(batch, at);
          if (fingerprint < previous) throw new Error(`record ${count} is out of order`);
          previous = fingerprint;
          count++;
        }
      }
      if (count !== row.count) throw new Error(`it holds ${count} identities, not ${row.count}`);
      const { stored, computed } = bloomOf(file, row.name, readRun(this.blobs, row.name, file));
      if (!computed.equals(stored)) throw new Error("its filter is not that of its identities");
      return true;
    } catch (error) {
      this.findings.add("run_malformed", place, (error as Error).message);
      return false;
    }
  }
}

/** Computes the SHA-256 of a whole blob. */
export function digestOf(file: BlobReader): Buffer {
  const hash = createHash("sha256");
  for (let at = 0; at < file.bytes; at += READ_BYTES) hash.update(file.read(at, Math.min(READ_BYTES, file.bytes - at)));
  return hash.digest();
}

interface Record48 {
  readonly fingerprint: number;
  readonly place: number;
}

function compare(a: Record48 | undefined, b: Record48 | undefined): number {
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a.fingerprint - b.fingerprint || a.place - b.place;
}

/** Records one by one. */
class RecordStream {
  at: Record48 | undefined;
  private readonly records: Iterator<Record48>;

  constructor(records: Iterable<Record48>) {
    this.records = records[Symbol.iterator]();
    this.next();
  }

  next(): void {
    const next = this.records.next();
    this.at = next.done === true ? undefined : next.value;
  }
}

/** Puts records of one fingerprint, nearly always one, into the order of their places. */
function* bySortedPlaces(batches: Iterable<Uint8Array>): Generator<Record48> {
  let same: Record48[] = [];
  for (const batch of batches) {
    for (let at = 0; at < batch.length; at += RECORD_BYTES) {
      const record = { fingerprint: read48(batch, at), place: read48(batch, at + 6) };
      if (same.length > 0 && same[0]!.fingerprint !== record.fingerprint) {
        yield* same.sort((a, b) => a.place - b.place);
        same = [];
      }
      same.push(record);
    }
  }
  yield* same.sort((a, b) => a.place - b.place);
}

/** Sorts records by fingerprint where the fixed cost of the other way would be most of it. */
function sortFew(records: Uint8Array): Uint8Array {
  const order = Array.from({ length: records.length / RECORD_BYTES }, (_, i) => i * RECORD_BYTES);
  order.sort((a, b) => read48(records, a) - read48(records, b));
  const sorted = new Uint8Array(records.length);
  for (const [i, at] of order.entries()) sorted.set(records.subarray(at, at + RECORD_BYTES), i * RECORD_BYTES);
  return sorted;
}

/** Records on disk, in parts by their first byte; the file has no name, so that nothing is left of it. */
class Spool {
  private readonly directory = mkdtempSync(join(tmpdir(), "cairn-fsck-"));
  private readonly parts: { file: number | undefined; readonly buffer: Uint8Array; used: number }[];

  constructor() {
    this.parts = Array.from({ length: PARTS }, () => ({
      file: undefined,
      buffer: new Uint8Array(BUFFERED_RECORDS * RECORD_BYTES),
      used: 0,
    }));
  }

  add(fingerprint: number, place: number): void {
    const part = this.parts[Math.floor(fingerprint / 2 ** 40)]!;
    write48(part.buffer, part.used, fingerprint);
    write48(part.buffer, part.used + 6, place);
    part.used += RECORD_BYTES;
    if (part.used < part.buffer.length) return;
    if (part.file === undefined) {
      const path = join(this.directory, String(this.parts.indexOf(part)));
      part.file = openSync(path, "wx+", 0o600);
      rmSync(path);
    }
    writeSync(part.file, part.buffer);
    part.used = 0;
  }

  *sorted(): Generator<Record48> {
    for (const { file, buffer, used } of this.parts) {
      const bytes = file === undefined ? 0 : fstatSync(file).size;
      const records = new Uint8Array(bytes + used);
      for (let at = 0; at < bytes; ) at += readSync(file!, records, at, bytes - at, at);
      records.set(buffer.subarray(0, used), bytes);
      yield* bySortedPlaces([records.length > RADIX_FROM_BYTES ? sortRecords(records) : sortFew(records)]);
    }
  }

  close(): void {
    for (const { file } of this.parts) if (file !== undefined) closeSync(file);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
