import { EVENT_LOG, type EventReader, type LogState, type ReaderSide, readLogs } from "@cairn/ledger";
import { heldLedgers, type IndexDatabase } from "@cairn/search";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import { type Cursor, Follower } from "./follower.ts";

/** Cursors only spare work after a restart: they are written so often at most, whatever is inserted. */
const SAVE_MS = 2_000;
/** One costs the writer 50 µs, which must stay below a hundredth of its time when there are thousands. */
const SAVE_MS_EACH = 5;
/** Written at a time: whoever waits for an acknowledgement meanwhile waits for these too. */
const SAVED_AT_A_TIME = 100;

/** What an index is followed with. */
export interface IndexCrew {
  readonly side: ReaderSide;
  readonly reader: EventReader;
  readonly writer: Client<WriterApi>;
}

/** An index, the follower that fills it, and the cursors by which the follower is known. */
export class FollowedIndex {
  readonly database: IndexDatabase;
  /** Name of its cursors. */
  readonly name: string;
  private readonly crew: IndexCrew;
  private readonly follower: Follower;
  private readonly unsaved = new Map<string, Cursor>();
  private savedMs = performance.now();

  private constructor(database: IndexDatabase, name: string, crew: IndexCrew) {
    this.database = database;
    this.name = name;
    this.crew = crew;
    this.follower = new Follower(database, crew.reader);
  }

  /** Takes up the cursors and checks by count that the index holds what they say. */
  static async resume(database: IndexDatabase, name: string, crew: IndexCrew): Promise<FollowedIndex> {
    const index = new FollowedIndex(database, name, crew);
    const { db } = crew.side;
    const stored = db.all<{ tenant_no: number; ledger: number; sequence: number }>(
      "SELECT tenant_no, ledger, sequence FROM cursors WHERE follower = ?",
      name,
    );
    const cursors = new Map(stored.map((row) => [`${row.tenant_no}/${row.ledger}`, row.sequence]));
    const counts = new Map((await heldLedgers(database)).map((held) => [`${held.tenantNo}/${held.ledger}`, held]));
    for (const log of readLogs(db)) {
      if (log.log !== EVENT_LOG) continue;
      const id = `${log.tenantNo}/${log.ledger}`;
      const cursor = Math.min(cursors.get(id) ?? 0, log.size);
      const held = counts.get(id) ?? { rows: 0, end: 0 };
      // Fewer rows than the cursor promises: something was lost, and only what is missing is inserted again.
      if (held.rows < cursor) index.follower.resume(log, 0, Math.max(cursor, held.end));
      else index.follower.resume(log, cursor, held.end);
    }
    return index;
  }

  /** Events committed and not yet indexed. */
  get lag(): number {
    return this.follower.lag;
  }

  /** Events heard of since the start. */
  get seen(): number {
    return this.follower.seen;
  }

  /** How often a log has grown since the start. */
  get growths(): number {
    return this.follower.growths;
  }

  /** How far each tenant is, for whoever asks the index. */
  cursors(): Cursor[] {
    return this.follower.cursors();
  }

  /** How far each log is, in every epoch. */
  positions(): Cursor[] {
    return this.follower.places();
  }

  /** These logs have grown. */
  grow(logs: readonly LogState[]): void {
    for (const log of logs) this.follower.grow(log);
  }

  /** Indexes the next rows and gives the cursors that moved. */
  async step(): Promise<Cursor[]> {
    const cursors = await this.follower.step();
    for (const cursor of cursors) this.unsaved.set(`${cursor.tenantNo}/${cursor.ledger}`, cursor);
    if (this.saveInMs() === 0) await this.save();
    return cursors;
  }

  /** How long until cursors that are not written yet may be; undefined when there are none. */
  saveInMs(): number | undefined {
    if (this.unsaved.size === 0) return undefined;
    const everyMs = Math.max(SAVE_MS, this.unsaved.size * SAVE_MS_EACH);
    return Math.max(0, this.savedMs + everyMs - performance.now());
  }

  /** Writes down how far the index is. What it holds beyond that is found out after a restart. */
  async save(): Promise<void> {
    this.savedMs = performance.now();
    if (this.unsaved.size === 0) return;
    const cursors = [...this.unsaved.values()];
    this.unsaved.clear();
    for (let at = 0; at < cursors.length; at += SAVED_AT_A_TIME) {
      const some = cursors.slice(at, at + SAVED_AT_A_TIME);
      await this.crew.writer.call("setCursors", { follower: this.name, cursors: some });
    }
  }
}
