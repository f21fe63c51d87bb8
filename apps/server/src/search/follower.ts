import { randomUUID } from "node:crypto";
import { EVENT_LOG, type EventColumns, type EventReader, type LogState } from "@cairn/ledger";
import {
  type IndexDatabase,
  presentSequences,
  RowEncoder,
  type SubjectFactRow,
  SubjectMemo,
  TABLES,
  upsertSubjects,
} from "@cairn/search";

/**
 * Rows of one insert at most. The engine writes each insert as one part and merges parts later: with parts of 65,000 rows an
 * insert costs 6.5 µs a row, with 10,000 twice that. Larger ones cost no less, and 70 MiB more of the engine's memory.
 */
export const MAX_INSERT_ROWS = 65_536;
/** Rows encoded at a time; the block goes to the engine while the next one is made. */
const BLOCK_ROWS = 8_192;
/** Rows of one log before others have their turn. */
const TURN_ROWS = 20_000;
/** Facts about people remembered, so that each name is written once. */
const REMEMBERED_FACTS = 200_000;

/** Where the follower is in one epoch of a tenant's log. */
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
  /** Positions with something left to do, the one that has waited longest first. */
  private readonly behind = new Set<Position>();
  private readonly encoder = new RowEncoder();
  private readonly memo = new SubjectMemo({ maxFacts: REMEMBERED_FACTS });
  private readonly run = randomUUID();
  private attempts = 0;
  private lagEvents = 0;
  private seenEvents = 0;
  private seenGrowths = 0;
  private readonly index: IndexDatabase;
  private readonly reader: EventReader;

  constructor(index: IndexDatabase, reader: EventReader) {
    this.index = index;
    this.reader = reader;
  }

  /** Events committed and not yet indexed. */
  get lag(): number {
    return this.lagEvents;
  }

  /** Events heard of since the start. */
  get seen(): number {
    return this.seenEvents;
  }

  /** How often a log has grown since the start. */
  get growths(): number {
    return this.seenGrowths;
  }

  /** How far each log is, in every epoch. */
  places(): Cursor[] {
    return [...this.positions.values()].map(({ tenantNo, ledger, next }) => ({ tenantNo, ledger, sequence: next }));
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
    const { tenantNo, ledger } = log;
    const position = { tenantNo, ledger, next: cursor, committed: cursor, uncertainUntil: maybeUntil };
    const known = this.positions.get(idOf(log));
    if (known !== undefined) {
      this.lagEvents -= known.committed - known.next;
      this.behind.delete(known);
    }
    this.positions.set(idOf(log), position);
    this.reach(position, log.size);
  }

  grow(log: LogState): void {
    if (log.log !== EVENT_LOG) return;
    const position = this.positions.get(idOf(log));
    if (position === undefined) this.resume(log, 0, 0);
    else this.reach(position, log.size);
  }

  private reach(position: Position, size: number): void {
    if (size <= position.committed) return;
    this.lagEvents += size - position.committed;
    this.seenEvents += size - position.committed;
    this.seenGrowths++;
    position.committed = size;
    this.behind.add(position);
  }

  /** Indexes the next rows, of as many tenants as fit in one insert, and gives the cursors that moved. */
  async step(): Promise<Cursor[]> {
    const moves = new Map<Position, number>();
    await this.insert(moves);
    for (const [position, next] of moves) this.move(position, next);
    return [...moves.keys()].map(({ tenantNo, ledger, next }) => ({ tenantNo, ledger, sequence: next }));
  }

  private move(position: Position, next: number): void {
    this.reach(position, next);
    this.lagEvents -= next - position.next;
    position.next = next;
    this.behind.delete(position);
    if (next < position.committed) this.behind.add(position);
  }

  private async insert(moves: Map<Position, number>): Promise<void> {
    const blocks = this.blocks(moves);
    const first = await blocks.next();
    if (first.done === true) return;
    let failure: unknown;
    async function* all(): AsyncGenerator<Uint8Array> {
      try {
        yield first.value as Uint8Array;
        yield* blocks;
      } catch (error) {
        failure = error;
        throw error;
      }
    }
    // A token of its own for each attempt: the engine notes a token before its rows are safe, and would drop a retry.
    const token = `${this.run}/${this.attempts++}`;
    try {
      await this.index.insert({ table: TABLES.events, block: all(), token });
    } catch (error) {
      // Nobody knows what of it arrived: look before inserting these again.
      for (const [position, next] of moves) position.uncertainUntil = Math.max(position.uncertainUntil, next);
      throw failure ?? error;
    } finally {
      // It may be in the middle of a block, and the next one begins with the same encoder.
      await blocks.return(undefined);
    }
  }

  /**
   * Makes the blocks of one insert, turn by turn, and notes how far each position gets. What they say about people is in
   * the index before the last block is handed over, so before any of their rows.
   */
  private async *blocks(moves: Map<Position, number>): AsyncGenerator<Uint8Array> {
    const queue = new Set(this.behind);
    let rows = 0;
    this.encoder.clear();
    for (const position of queue) {
      if (rows + this.encoder.count >= MAX_INSERT_ROWS) break;
      const from = moves.get(position) ?? position.next;
      const until = Math.min(position.committed, from + TURN_ROWS);
      let next = from;
      for await (const columns of this.read(position, { from, until })) {
        this.encoder.addColumns(columns);
        next = columns.end;
        if (this.encoder.count < BLOCK_ROWS) continue;
        rows += this.encoder.count;
        yield await this.take();
      }
      // Entries without a body are passed over.
      moves.set(position, Math.max(next, until));
      queue.delete(position);
      if (until < position.committed) queue.add(position);
    }
    if (this.encoder.count > 0) yield await this.take();
  }

  private async take(): Promise<Uint8Array> {
    const { block, facts } = this.encoder.take();
    await this.writeFacts(facts);
    return block;
  }

  private async writeFacts(facts: readonly SubjectFactRow[]): Promise<void> {
    await upsertSubjects(this.index, facts, { memo: this.memo });
  }

  /** Reads a stretch of a log as the ledger stores it, without what the index has already. */
  private async *read(
    position: Position,
    { from, until }: { readonly from: number; readonly until: number },
  ): AsyncGenerator<EventColumns> {
    const { tenantNo, ledger } = position;
    let there: ReadonlySet<number> = NONE;
    let askedUntil = from;
    for (const columns of this.reader.columns(tenantNo, ledger, { first: from, count: until - from })) {
      if (columns.end > askedUntil) {
        const range = { from: askedUntil, until: Math.max(until, columns.end) };
        there = new Set([...there, ...(await this.alreadyThere(position, range))]);
        askedUntil = range.until;
      }
      const { sequences } = columns;
      for (let i = 0; i < sequences.length; i++)
        if (sequences[i]! < from || there.has(sequences[i]!)) sequences[i] = LEFT_OUT;
      yield columns;
    }
  }

  private async alreadyThere(
    { tenantNo, ledger, uncertainUntil }: Position,
    { from, until }: { readonly from: number; readonly until: number },
  ): Promise<ReadonlySet<number>> {
    if (from >= uncertainUntil) return NONE;
    const range = { ledger, fromSequence: from, toSequence: until };
    const { runs } = await presentSequences(this.index, { tenantNo, range });
    const there = new Set<number>();
    for (const run of runs)
      for (let sequence = run.fromSequence; sequence < run.toSequence; sequence++) there.add(sequence);
    return there;
  }
}

const NONE: ReadonlySet<number> = new Set();
/** The sequence of an event that is not to be indexed. */
const LEFT_OUT = -1;

function idOf(log: { readonly tenantNo: number; readonly ledger: number }): string {
  return `${log.tenantNo}/${log.ledger}`;
}
