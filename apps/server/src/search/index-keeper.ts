import { type LogState, readLogs } from "@cairn/ledger";
import {
  createIndex,
  currentStamp,
  dropIndex,
  finishSwap,
  hasIndex,
  type IndexDatabase,
  isCurrent,
  readStamp,
  swapIndex,
} from "@cairn/search";
import { writeAllSaid } from "../subjects/said.ts";
import { FollowedIndex, type IndexCrew } from "./followed-index.ts";

/** Names of the followers' cursors. */
const LIVE = "index";
const NEXT = "index-next";

/**
 * Keeps the index that is searched, and beside it the one that is to take its place: when the engine has another version,
 * or somebody asked for a new one. Whatever is broken off is taken up at the next start: an index under way is there and
 * says by its stamp what made it, and what it holds is counted.
 */
export class IndexKeeper {
  private readonly liveDatabase: IndexDatabase;
  private readonly nextDatabase: IndexDatabase;
  private readonly crew: IndexCrew;
  private liveIndex: FollowedIndex | undefined;
  private nextIndex: FollowedIndex | undefined;

  constructor(databases: { readonly live: IndexDatabase; readonly next: IndexDatabase }, crew: IndexCrew) {
    this.liveDatabase = databases.live;
    this.nextDatabase = databases.next;
    this.crew = crew;
  }

  /** The index that is searched; undefined before it is open. */
  get live(): FollowedIndex | undefined {
    return this.liveIndex;
  }

  /** The index that is being built. */
  get next(): FollowedIndex | undefined {
    return this.nextIndex;
  }

  /** The indexes that are kept: the one in use, and the one that is being built. */
  databases(): readonly IndexDatabase[] {
    return this.nextIndex === undefined ? [this.liveDatabase] : [this.liveDatabase, this.nextDatabase];
  }

  /** Opens what is there, makes what is missing, and goes on with what was broken off. */
  async open(): Promise<void> {
    const { liveDatabase: live, nextDatabase: next } = this;
    await finishSwap(live, next);
    const current = await currentStamp(live);
    const stamp = await readStamp(live);
    // Tables of another schema cannot be searched by this program: there is nothing to go on with meanwhile.
    if (stamp !== undefined && stamp.schemaVersion !== current.schemaVersion) {
      await dropIndex(next);
      await this.forgetCursors(LIVE);
      await dropIndex(live);
    }
    const isOutdated = !isCurrent(await createIndex(live), current);
    this.liveIndex = await FollowedIndex.resume(live, LIVE, this.crew);
    await writeAllSaid(live, this.crew.side.access.subjectFacts);
    if (isOutdated || (await hasIndex(next))) await this.build();
    this.hearAll();
  }

  /** Begins to build another index beside, or goes on with one that was begun. */
  async build(): Promise<void> {
    if (this.nextIndex !== undefined) return;
    const { nextDatabase: next } = this;
    const stamp = await readStamp(next);
    if (stamp === undefined || !isCurrent(stamp, await currentStamp(next))) {
      await dropIndex(next);
      await this.forgetCursors(NEXT);
      await createIndex(next);
    }
    this.nextIndex = await FollowedIndex.resume(next, NEXT, this.crew);
    await writeAllSaid(next, this.crew.side.access.subjectFacts);
    this.hearAll();
  }

  /** Tells whether the new index has everything that the one in use has. */
  isReadyToSwap(): boolean {
    return this.nextIndex !== undefined && this.liveIndex !== undefined && this.nextIndex.lag <= this.liveIndex.lag;
  }

  /** Puts the new index in the place of the one in use. */
  async swap(): Promise<void> {
    if (this.nextIndex === undefined) return;
    const cursors = this.nextIndex.positions();
    await swapIndex(this.liveDatabase, this.nextDatabase);
    this.nextIndex = undefined;
    await this.crew.writer.call("setCursors", { follower: LIVE, cursors });
    this.liveIndex = await FollowedIndex.resume(this.liveDatabase, LIVE, this.crew);
    this.hearAll();
  }

  /** These logs have grown. */
  grow(logs: readonly LogState[]): void {
    this.liveIndex?.grow(logs);
    this.nextIndex?.grow(logs);
  }

  async save(): Promise<void> {
    await this.liveIndex?.save();
    await this.nextIndex?.save();
  }

  /** What was committed while counts were read. */
  private hearAll(): void {
    this.grow(readLogs(this.crew.side.db));
  }

  private async forgetCursors(follower: string): Promise<void> {
    const cursors = readLogs(this.crew.side.db).map(({ tenantNo, ledger }) => ({ tenantNo, ledger, sequence: 0 }));
    await this.crew.writer.call("setCursors", { follower, cursors });
  }
}
