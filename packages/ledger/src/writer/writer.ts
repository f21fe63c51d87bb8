import { ENTRY_LENGTH, encodeEntry, HASH_LENGTH } from "@cairn/merkle";
import { type ControlRecord, type ControlUnit, encodeControlBody, prepareControl } from "../control/control-record.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { seal, sealContext } from "../crypto/seal.ts";
import type { IdentityIndex } from "../dedupe/identity-index.ts";
import { fingerprintAt, packPlace, unpackPlace } from "../dedupe/records.ts";
import { LedgerError } from "../error.ts";
import type { PreparedBatch } from "../prepare/prepare-batch.ts";
import { crashPoint } from "../storage/crash-point.ts";
import type { Database } from "../storage/database.ts";
import { advanceLog, CONTROL_LOG, EVENT_LOG, type LogKind, type LogState, readLog } from "../storage/logs.ts";
import type { SequencingClock } from "./clock.ts";

/** A batch and how to commit it. */
export interface CommitRequest {
  readonly batch: PreparedBatch;
  /** `each`: commit what is new. `all_or_nothing`: commit only if no event is a suspected duplicate. */
  readonly mode: "each" | "all_or_nothing";
  /** Positions already confirmed as duplicates: leave them out. */
  readonly duplicates?: readonly number[];
  /** Positions whose suspicion was wrong (equal fingerprint, other identity): commit them. */
  readonly distinct?: readonly number[];
}

/** An event of a batch whose fingerprint is known: probably a duplicate of one that stands elsewhere. */
export interface Suspect {
  readonly position: number;
  /** Places of committed events with this fingerprint; nearly always one. */
  readonly places: readonly { readonly ledger: number; readonly sequence: number }[];
  /** Position of an earlier event of the same batch with this fingerprint. */
  readonly earlier?: number;
}

export interface CommitResult {
  readonly tenantNo: number;
  readonly ledger: number;
  /** Sequence of each event of the batch; -1 where it was not committed. */
  readonly sequences: Float64Array;
  readonly committed: number;
  readonly receivedAtMs: number;
  readonly suspects: readonly Suspect[];
}

/** Where a control entry stands, and what of it only the caller has from now on. */
export interface AppendedControl {
  readonly ledger: number;
  readonly sequence: number;
  readonly withheld: readonly ControlUnit[];
}

/** The one writer: it alone changes the journal and the sizes of logs. */
export class Writer {
  private readonly logs = new Map<string, LogState>();
  /** What the transaction under way has changed of `logs`: each as it was before. */
  private readonly before = new Map<string, LogState>();
  private readonly journalKeys = new Map<number, { readonly keyNo: number; readonly key: Uint8Array }>();
  private readonly db: Database;
  private readonly keyring: Keyring;
  private readonly identities: IdentityIndex;
  private readonly clock: SequencingClock;

  constructor(parts: {
    readonly db: Database;
    readonly keyring: Keyring;
    readonly identities: IdentityIndex;
    readonly clock: SequencingClock;
  }) {
    this.db = parts.db;
    this.keyring = parts.keyring;
    this.identities = parts.identities;
    this.clock = parts.clock;
  }

  /**
   * Commits batches in one transaction, and with them what `beside` writes. When this returns, every committed event is
   * on the disk.
   * @throws LedgerError clock_jumped or disk_full; then nothing was committed
   */
  commit(requests: readonly CommitRequest[], beside?: () => void): CommitResult[] {
    const nowMs = this.clock.nowMs();
    this.prepareJournalKeys(requests);
    this.before.clear();
    try {
      const results = this.db.transaction(() => {
        const sequences = sequencesFor(requests);
        const done = requests.map((request, i) => this.commitOne(request, { nowMs, sequences: sequences[i]! }));
        this.identities.write();
        beside?.();
        crashPoint("journal-inside");
        return done;
      });
      crashPoint("journal-committed");
      this.identities.commit();
      return results;
    } catch (error) {
      this.identities.rollback();
      for (const [key, state] of this.before) this.logs.set(key, state);
      throw error;
    }
  }

  /** Appends an entry to a tenant's control log; it is durable when this returns. */
  appendControl(tenantNo: number, record: ControlRecord): AppendedControl {
    const nowMs = this.clock.nowMs();
    const state = this.log(tenantNo, CONTROL_LOG);
    const prepared = prepareControl(record, { origin: state.origin });
    const receivedAt = Math.max(nowMs, state.lastReceivedAtMs);
    const entry = encodeEntry({ kind: "control", receivedAt, eventRoot: prepared.eventRoot });
    const key = this.keyring.subjectKey(tenantNo, CORE_SUBJECT);
    if (key === undefined) throw new LedgerError("key_missing", `tenant ${tenantNo} has no core key`);
    const body = seal(key, encodeControlBody(prepared), controlContext(state, state.size));
    const next: LogState = { ...state, size: state.size + 1, lastReceivedAtMs: receivedAt };
    this.db.transaction(() => {
      this.db.run("INSERT INTO control VALUES (?, ?, ?, ?, ?)", tenantNo, state.ledger, state.size, entry, body);
      advanceLog(this.db, next, state.size);
    });
    crashPoint("control-committed");
    this.logs.set(logKey(tenantNo, CONTROL_LOG), next);
    return { ledger: state.ledger, sequence: state.size, withheld: prepared.withheld };
  }

  /** What is committed of a log. */
  log(tenantNo: number, log: LogKind): LogState {
    const key = logKey(tenantNo, log);
    let state = this.logs.get(key);
    if (state === undefined) {
      state = readLog(this.db, tenantNo, log);
      this.logs.set(key, state);
    }
    return state;
  }

  /** Forgets what is known of a tenant's logs: the transaction that changed them did not happen, or an epoch was opened. */
  forget(tenantNo: number): void {
    this.logs.delete(logKey(tenantNo, EVENT_LOG));
    this.logs.delete(logKey(tenantNo, CONTROL_LOG));
  }

  /** New rows of a tenant are sealed under a fresh key from now on; the old one can go once its rows have moved. */
  rotateJournalKey(tenantNo: number): number {
    const keyNo = this.keyring.createJournalKey(tenantNo);
    this.useJournalKey(tenantNo, keyNo);
    return keyNo;
  }

  /** Sees to it that each tenant has a journal key: those that are new become durable together. */
  private prepareJournalKeys(requests: readonly CommitRequest[]): void {
    const without = new Set<number>();
    for (const { batch } of requests) {
      const { tenantNo } = batch;
      if (this.journalKeys.has(tenantNo) || without.has(tenantNo)) continue;
      const keyNo = this.keyring.newestJournalKey(tenantNo);
      if (keyNo === undefined) without.add(tenantNo);
      else this.useJournalKey(tenantNo, keyNo);
    }
    if (without.size === 0) return;
    const tenantNos = [...without];
    for (const [i, keyNo] of this.keyring.createJournalKeys(tenantNos).entries())
      this.useJournalKey(tenantNos[i]!, keyNo);
  }

  private useJournalKey(tenantNo: number, keyNo: number): void {
    this.journalKeys.set(tenantNo, { keyNo, key: this.keyring.journalKey(tenantNo, keyNo) });
  }

  private commitOne(
    { batch, mode, duplicates, distinct }: CommitRequest,
    { nowMs, sequences }: { readonly nowMs: number; readonly sequences: Float64Array },
  ): CommitResult {
    const state = this.log(batch.tenantNo, EVENT_LOG);
    const isFirstTry = duplicates === undefined && distinct === undefined;
    const suspects = this.findSuspects(
      batch,
      isFirstTry ? NOBODY : new Set([...(duplicates ?? []), ...(distinct ?? [])]),
    );
    const left = new Set(duplicates);
    for (const { position } of suspects) left.add(position);
    const receivedAtMs = Math.max(nowMs, state.lastReceivedAtMs);
    const outcome = { tenantNo: batch.tenantNo, ledger: state.ledger, sequences, receivedAtMs, suspects };
    const committed = batch.count - left.size;
    if (committed === 0 || (mode === "all_or_nothing" && suspects.length > 0)) return { ...outcome, committed: 0 };
    const entries = new Uint8Array(committed * ENTRY_LENGTH);
    // All entries of a batch begin alike: version, kind and time.
    const first = encodeEntry({
      kind: "event",
      receivedAt: receivedAtMs,
      eventRoot: batch.eventRoots.subarray(0, HASH_LENGTH),
    });
    const headLength = ENTRY_LENGTH - HASH_LENGTH;
    let taken = 0;
    for (let i = 0; i < batch.count; i++) {
      if (left.size > 0 && left.has(i)) continue;
      const at = taken * ENTRY_LENGTH;
      for (let byte = 0; byte < headLength; byte++) entries[at + byte] = first[byte]!;
      for (let byte = 0; byte < HASH_LENGTH; byte++)
        entries[at + headLength + byte] = batch.eventRoots[i * HASH_LENGTH + byte]!;
      sequences[i] = state.size + taken;
      this.identities.stage(fingerprintAt(batch.fingerprints, i), packPlace(state.ledger, state.size + taken));
      taken++;
    }
    this.insertRow(state, { batch, entries, left });
    const next = { ...state, size: state.size + committed, lastReceivedAtMs: receivedAtMs };
    advanceLog(this.db, next, state.size);
    const key = logKey(batch.tenantNo, EVENT_LOG);
    if (!this.before.has(key)) this.before.set(key, state);
    this.logs.set(key, next);
    return { ...outcome, committed };
  }

  private findSuspects(batch: PreparedBatch, known: ReadonlySet<number>): Suspect[] {
    const suspects: Suspect[] = [];
    const own = new Map<number, number>();
    for (let position = 0; position < batch.count; position++) {
      if (known.size > 0 && known.has(position)) continue;
      const fingerprint = fingerprintAt(batch.fingerprints, position);
      const places = this.identities.find(fingerprint);
      const earlier = own.get(fingerprint);
      if (places.length > 0) suspects.push({ position, places: places.map(unpackPlace) });
      else if (earlier !== undefined) suspects.push({ position, places: [], earlier });
      else own.set(fingerprint, position);
    }
    return suspects;
  }

  private insertRow(
    state: LogState,
    row: { readonly batch: PreparedBatch; readonly entries: Uint8Array; readonly left: ReadonlySet<number> },
  ): void {
    const { batch, entries, left } = row;
    const { keyNo, key } = this.journalKeys.get(batch.tenantNo)!;
    const count = entries.length / ENTRY_LENGTH;
    const body = seal(key, batch.body, journalContext(state, { first: state.size, count }));
    this.db.run(
      "INSERT INTO journal (tenant_no, ledger, first, count, key_no, skipped, entries, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      batch.tenantNo,
      state.ledger,
      state.size,
      count,
      keyNo,
      left.size === 0 ? null : positionBits(left, batch.count),
      entries,
      body,
    );
  }
}

/** What a journal row's body is sealed as. */
export function journalContext(
  log: { readonly origin: string; readonly ledger: number },
  row: { readonly first: number; readonly count: number },
): Uint8Array {
  return sealContext({
    kind: "journal",
    origin: log.origin,
    ledger: log.ledger,
    firstSequence: row.first,
    group: "batch",
    subject: "",
    count: row.count,
  });
}

/** What a control entry's body is sealed as. */
export function controlContext(
  log: { readonly origin: string; readonly ledger: number },
  sequence: number,
): Uint8Array {
  return sealContext({
    kind: "control",
    origin: log.origin,
    ledger: log.ledger,
    firstSequence: sequence,
    group: "core",
    subject: CORE_SUBJECT,
    count: 1,
  });
}

const NOBODY: ReadonlySet<number> = new Set();

/** An array for each batch's sequences, all in one piece of memory: results travel together. */
function sequencesFor(requests: readonly CommitRequest[]): Float64Array[] {
  const all = new Float64Array(requests.reduce((sum, { batch }) => sum + batch.count, 0)).fill(-1);
  let at = 0;
  return requests.map(({ batch }) => {
    const from = at;
    at += batch.count;
    return all.subarray(from, at);
  });
}

function logKey(tenantNo: number, log: LogKind): string {
  return `${tenantNo}/${log}`;
}

/** Bit i of byte ⌊i/8⌋, least significant first: position i of the batch was not committed. */
function positionBits(positions: ReadonlySet<number>, count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (const position of positions) bits[position >> 3]! |= 1 << (position & 7);
  return bits;
}

/** Positions of a batch that were committed, in order. */
export function committedPositions(skipped: Uint8Array | null, batchCount: number): number[] {
  const positions: number[] = [];
  for (let i = 0; i < batchCount; i++)
    if (skipped === null || (skipped[i >> 3]! & (1 << (i & 7))) === 0) positions.push(i);
  return positions;
}
