import { randomUUID } from "node:crypto";
import { EVENT_LOG, type EventReader, type LogState, receiptTimeMs, type StoredEvent, splitOf } from "@cairn/ledger";
import {
  type IndexDatabase,
  type IndexInput,
  presentSequences,
  RowEncoder,
  SubjectMemo,
  TABLES,
  upsertSubjects,
} from "@cairn/search";

/** Rows of one insert at most: more cost memory, fewer cost merges. */
const MAX_ROWS = 25_000;
/** Facts about people remembered, so that each name is written once. */
const REMEMBERED_FACTS = 200_000;

/** Events opened at a time. */
const READ_EVENTS = 500;

/** A position and where it goes when the insert is done. */
interface Move {
  readonly position: Position;
  readonly next: number;
}

/** Where the follower is in one tenant's newest ledger. */
interface Position {
  readonly tenantNo: number;
  readonly ledger: number;
  /** First sequence not yet in the index. */
  next: number;
  /** First sequence not yet committed. */
  committed: number;
  /** Rows up to here may be in the index already: an insert was cut short, or the cursor was not written. */
  uncertainUntil: number;
}

export interface Cursor {
  readonly tenantNo: number;
  readonly ledger: number;
  readonly sequence: number;
}

/** Follows the ledger into the index, in order of sequence, tenant by tenant. */
export class Follower {
  private readonly positions = new Map<string, Position>();
  private readonly encoder = new RowEncoder();
  private readonly memo = new SubjectMemo({ maxFacts: REMEMBERED_FACTS });
  private readonly run = randomUUID();
  private attempts = 0;
  private readonly index: IndexDatabase;
  private readonly reader: EventReader;

  constructor(index: IndexDatabase, reader: EventReader) {
    this.index = index;
    this.reader = reader;
  }

  /** Events committed and not yet indexed. */
  get lag(): number {
    let lag = 0;
    for (const position of this.positions.values()) lag += position.committed - position.next;
    return lag;
  }

  /** How far each tenant is: in its oldest ledger with something left to do, else in its newest. */
  cursors(): Cursor[] {
    const found = new Map<number, Position>();
    for (const position of this.positions.values()) {
      const known = found.get(position.tenantNo);
      const isLeft = position.next < position.committed;
      const knownIsLeft = known !== undefined && known.next < known.committed;
      const isOlder = known !== undefined && position.ledger < known.ledger;
      if (known === undefined || (isLeft === knownIsLeft ? isOlder === isLeft : isLeft))
        found.set(position.tenantNo, position);
    }
    return [...found.values()].map(({ tenantNo, ledger, next }) => ({ tenantNo, ledger, sequence: next }));
  }

  /** Goes on from a stored cursor. What lies behind it may be in the index in part, up to `maybeUntil`. */
  resume(log: LogState, cursor: number, maybeUntil: number): void {
    this.positions.set(idOf(log), {
      tenantNo: log.tenantNo,
      ledger: log.ledger,
      next: cursor,
      committed: log.size,
      uncertainUntil: maybeUntil,
    });
  }

  grow(log: LogState): void {
    if (log.log !== EVENT_LOG) return;
    const position = this.positions.get(idOf(log));
    if (position !== undefined) position.committed = Math.max(position.committed, log.size);
    else this.resume(log, 0, 0);
  }

  /** Indexes the next rows, of as many tenants as fit in one insert, and gives the cursors that moved. */
  async step(): Promise<Cursor[]> {
    const moved: Move[] = [];
    this.encoder.clear();
    for (const position of this.positions.values()) {
      const count = Math.min(position.committed - position.next, MAX_ROWS - this.encoder.count);
      if (count <= 0) continue;
      await this.encode(position, count);
      moved.push({ position, next: position.next + count });
      if (this.encoder.count >= MAX_ROWS) break;
    }
    if (moved.length === 0) return [];
    await this.insert(moved);
    for (const { position, next } of moved) position.next = next;
    return moved.map(({ position, next }) => ({
      tenantNo: position.tenantNo,
      ledger: position.ledger,
      sequence: next,
    }));
  }

  /** Encodes a tenant's next events, a few at a time, so that they die young. Entries without a body are passed over. */
  private async encode(position: Position, count: number): Promise<void> {
    const skip = await this.alreadyThere(position, count);
    const { tenantNo, ledger, next } = position;
    for (let first = next; first < next + count; first += READ_EVENTS) {
      const range = { first, count: Math.min(READ_EVENTS, next + count - first) };
      for (const event of this.reader.range(tenantNo, ledger, range)) {
        if (!skip.has(event.sequence)) this.encoder.add(inputOf(event, tenantNo));
      }
    }
  }

  private async alreadyThere(
    { tenantNo, ledger, next, uncertainUntil }: Position,
    count: number,
  ): Promise<ReadonlySet<number>> {
    const there = new Set<number>();
    if (next >= uncertainUntil) return there;
    const range = { ledger, fromSequence: next, toSequence: next + count };
    const { runs } = await presentSequences(this.index, { tenantNo, range });
    for (const run of runs)
      for (let sequence = run.fromSequence; sequence < run.toSequence; sequence++) there.add(sequence);
    return there;
  }

  private async insert(moved: readonly Move[]): Promise<void> {
    if (this.encoder.count === 0) return;
    const { block, facts } = this.encoder.take();
    await upsertSubjects(this.index, facts, { memo: this.memo });
    // A token of its own for each attempt: the engine notes a token before its rows are safe, and would drop a retry.
    const token = `${this.run}/${this.attempts++}`;
    try {
      await this.index.insert({ table: TABLES.events, block, token });
    } catch (error) {
      // Nobody knows what of it arrived: look before inserting these again.
      for (const { position, next } of moved) position.uncertainUntil = Math.max(position.uncertainUntil, next);
      throw error;
    }
  }
}

function inputOf(event: StoredEvent, tenantNo: number): IndexInput {
  return {
    tenantNo,
    ledger: event.ledger,
    sequence: event.sequence,
    receivedAtMs: receiptTimeMs(event.entry),
    split: splitOf(event),
  };
}

function idOf(log: { readonly tenantNo: number; readonly ledger: number }): string {
  return `${log.tenantNo}/${log.ledger}`;
}
