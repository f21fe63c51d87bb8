import { createHash } from "node:crypto";
import type { BlobInfo, Blobs } from "../storage/blobs.ts";
import { crashPoint } from "../storage/crash-point.ts";
import type { Database } from "../storage/database.ts";
import { MemoryTable } from "./memory-table.ts";
import { RECORD_BYTES, read48, write48 } from "./records.ts";
import { openRun, type Run } from "./run.ts";

/** What a background thread shall turn into one run. */
export interface RunJob {
  readonly name: string;
  readonly tier: number;
  /** Rows of `dedupe_recent` to sort, inclusive; or runs to merge. */
  readonly from:
    | { readonly kind: "recent"; readonly lastNo: number }
    | { readonly kind: "runs"; readonly names: readonly string[] };
}

/** Runs of one tier that are merged into one of the next: keeps look-ups to a few runs, and writes each record log8(n) times. */
const RUNS_PER_TIER = 8;

/**
 * Knows the identity of every event ever accepted: fingerprint → places. New ones are in memory and in `dedupe_recent`,
 * a row per commit; old ones in sorted runs. Owned by the writer thread.
 */
export class IdentityIndex {
  private active = new MemoryTable();
  private frozen: { readonly table: MemoryTable; readonly lastNo: number } | undefined;
  private runs: { readonly run: Run; readonly tier: number }[] = [];
  /** Identities of the transaction under way; merged into `active` once it is durable. */
  private staged = new Map<number, number | number[]>();
  private stagedCount = 0;
  /** What the look-up under way has found; given away when that is something. */
  private found: number[] = [];
  private isBuilding = false;
  private readonly db: Database;
  private readonly blobs: Blobs;

  constructor(db: Database, blobs: Blobs) {
    this.db = db;
    this.blobs = blobs;
    for (const { name, tier } of db.all<{ name: string; tier: number }>(
      "SELECT name, tier FROM dedupe_runs ORDER BY no DESC",
    )) {
      this.runs.push({ run: openRun(blobs, name), tier });
    }
    for (const { records } of db.iterate<{ records: Uint8Array }>("SELECT records FROM dedupe_recent ORDER BY no")) {
      for (let at = 0; at < records.length; at += RECORD_BYTES)
        this.active.add(read48(records, at), read48(records, at + 6));
    }
  }

  /** Places whose fingerprint is equal: suspicions, to be confirmed by the stored ids. */
  find(fingerprint: number): readonly number[] {
    const { found } = this;
    this.active.find(fingerprint, found);
    this.frozen?.table.find(fingerprint, found);
    for (const { run } of this.runs) run.find(fingerprint, found);
    const staged = this.staged.get(fingerprint);
    if (staged !== undefined) found.push(...placesOf(staged));
    if (found.length === 0) return NONE;
    this.found = [];
    return found;
  }

  stage(fingerprint: number, place: number): void {
    const places = this.staged.get(fingerprint);
    // Nearly every fingerprint has one place: a list for each would be most of what a commit leaves to be collected.
    this.staged.set(fingerprint, places === undefined ? place : [...placesOf(places), place]);
    this.stagedCount++;
  }

  /** Writes what was staged; inside the transaction of the commit. */
  write(): void {
    if (this.stagedCount === 0) return;
    const records = new Uint8Array(this.stagedCount * RECORD_BYTES);
    let at = 0;
    for (const [fingerprint, places] of this.staged) {
      for (const place of placesOf(places)) {
        write48(records, at, fingerprint);
        write48(records, at + 6, place);
        at += RECORD_BYTES;
      }
    }
    const no = (this.db.get<{ last: number | null }>("SELECT max(no) AS last FROM dedupe_recent")!.last ?? 0) + 1;
    this.db.run("INSERT INTO dedupe_recent VALUES (?, ?, ?)", no, records, recentDigest(no, records));
  }

  /** The transaction is durable. */
  commit(): void {
    for (const [fingerprint, places] of this.staged) {
      if (typeof places === "number") this.active.add(fingerprint, places);
      else for (const place of places) this.active.add(fingerprint, place);
    }
    this.rollback();
  }

  /** The transaction did not happen. */
  rollback(): void {
    if (this.stagedCount === 0) return;
    this.staged = new Map();
    this.stagedCount = 0;
  }

  /** The next job for the background, if one is due and none is under way. */
  takeJob(): RunJob | undefined {
    if (this.isBuilding) return undefined;
    const job = this.frozenJob() ?? this.mergeJob();
    this.isBuilding = job !== undefined;
    return job;
  }

  /** A job is done: its run takes the place of what went into it. */
  finishJob(job: RunJob, info: BlobInfo, count: number): void {
    this.db.transaction(() => {
      this.db.run(
        "INSERT INTO dedupe_runs (name, count, tier, bytes, sha256) VALUES (?, ?, ?, ?, ?)",
        info.name,
        count,
        job.tier,
        info.bytes,
        info.sha256,
      );
      if (job.from.kind === "recent") this.db.run("DELETE FROM dedupe_recent WHERE no <= ?", job.from.lastNo);
      else for (const name of job.from.names) this.db.run("DELETE FROM dedupe_runs WHERE name = ?", name);
    });
    crashPoint("identities-swapped");
    if (job.from.kind === "recent") this.frozen = undefined;
    else this.dropRuns(new Set(job.from.names));
    this.runs.unshift({ run: openRun(this.blobs, info.name), tier: job.tier });
    this.isBuilding = false;
  }

  /** A job failed; it will be given out again. */
  failJob(): void {
    this.isBuilding = false;
  }

  close(): void {
    for (const { run } of this.runs) run.close();
  }

  private frozenJob(): RunJob | undefined {
    if (this.frozen === undefined) {
      if (!this.active.isFull) return undefined;
      const lastNo = this.db.get<{ last: number }>("SELECT max(no) AS last FROM dedupe_recent")!.last;
      this.frozen = { table: this.active, lastNo };
      this.active = new MemoryTable();
    }
    return { name: runName(), tier: 0, from: { kind: "recent", lastNo: this.frozen.lastNo } };
  }

  private mergeJob(): RunJob | undefined {
    const tiers = new Map<number, string[]>();
    for (const { run, tier } of this.runs) tiers.set(tier, [...(tiers.get(tier) ?? []), run.name]);
    for (const [tier, names] of tiers) {
      if (names.length >= RUNS_PER_TIER) return { name: runName(), tier: tier + 1, from: { kind: "runs", names } };
    }
    return undefined;
  }

  private dropRuns(names: ReadonlySet<string>): void {
    for (const { run } of this.runs) if (names.has(run.name)) run.close();
    this.runs = this.runs.filter(({ run }) => !names.has(run.name));
    for (const name of names) this.blobs.remove(name);
  }
}

const NONE: readonly number[] = [];

function placesOf(places: number | readonly number[]): readonly number[] {
  return typeof places === "number" ? [places] : places;
}

/** Digest of a row of `dedupe_recent`: SHA-256 of `u64be no ‖ records`. */
export function recentDigest(no: number, records: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(no));
  return createHash("sha256").update(head).update(records).digest();
}

let runCounter = 0;

/** A name no other run ever had. */
function runName(): string {
  return `identities/${Date.now().toString(36)}-${process.pid}-${runCounter++}.run`;
}
