import type { CommitRequest, CommitResult } from "@cairn/ledger";
import type { CommitWork, SeenActions } from "./writer-api.ts";

/** Batches and events committed together at most: bounds how long one transaction holds the writer. */
const MAX_BATCHES = 1_024;
const MAX_EVENTS = 20_000;

interface Waiting {
  readonly work: CommitWork;
  resolve(results: CommitResult[]): void;
  reject(error: unknown): void;
}

/** Commits batches, and actions that are new, in one transaction. */
type Commit = (requests: readonly CommitRequest[], seen: readonly SeenActions[]) => CommitResult[];

/**
 * Commits whatever is waiting in one transaction: while the disk syncs one group, the next gathers. Under load the cost
 * of a sync is shared by all; without load nothing waits.
 */
export class GroupCommit {
  commits = 0;
  events = 0;
  private queue: Waiting[] = [];
  private isScheduled = false;
  private readonly commit: Commit;

  constructor(commit: Commit) {
    this.commit = commit;
  }

  /** Batches that wait. */
  get waiting(): number {
    return this.queue.reduce((sum, { work }) => sum + work.requests.length, 0);
  }

  add(work: CommitWork): Promise<CommitResult[]> {
    return new Promise((resolve, reject) => {
      this.queue.push({ work, resolve, reject });
      this.schedule();
    });
  }

  /** Commits everything that is waiting. */
  async drain(): Promise<void> {
    while (this.queue.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.run();
      if (this.queue.length > 0) this.schedule();
    });
  }

  private run(): void {
    const group = this.takeGroup();
    if (group.length === 0) return;
    try {
      const results = this.commit(
        group.flatMap(({ work }) => work.requests),
        group.flatMap(({ work }) => work.seen ?? []),
      );
      this.commits++;
      let at = 0;
      for (const { work, resolve } of group) {
        const own = results.slice(at, at + work.requests.length);
        at += own.length;
        for (const { committed } of own) this.events += committed;
        resolve(own);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  private takeGroup(): Waiting[] {
    let batches = 0;
    let events = 0;
    let count = 0;
    while (count < this.queue.length && batches < MAX_BATCHES && events < MAX_EVENTS) {
      const { requests } = this.queue[count++]!.work;
      batches += requests.length;
      for (const { batch } of requests) events += batch.count;
    }
    return this.queue.splice(0, count);
  }
}
