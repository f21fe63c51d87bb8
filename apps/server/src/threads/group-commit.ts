import type { CommitRequest, CommitResult } from "@cairn/ledger";

/** Batches committed together at most: bounds how long one transaction holds the writer. */
const MAX_BATCHES = 256;
const MAX_EVENTS = 20_000;

interface Waiting {
  readonly request: CommitRequest;
  resolve(result: CommitResult): void;
  reject(error: unknown): void;
}

/**
 * Commits whatever is waiting in one transaction: while the disk syncs one group, the next gathers. Under load the cost
 * of a sync is shared by all; without load nothing waits.
 */
export class GroupCommit {
  commits = 0;
  events = 0;
  private queue: Waiting[] = [];
  private isScheduled = false;
  private readonly commit: (requests: readonly CommitRequest[]) => CommitResult[];

  constructor(commit: (requests: readonly CommitRequest[]) => CommitResult[]) {
    this.commit = commit;
  }

  get waiting(): number {
    return this.queue.length;
  }

  add(request: CommitRequest): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ request, resolve, reject });
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
      const results = this.commit(group.map(({ request }) => request));
      this.commits++;
      for (const [i, { resolve }] of group.entries()) {
        this.events += results[i]!.committed;
        resolve(results[i]!);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  private takeGroup(): Waiting[] {
    let events = 0;
    let count = 0;
    while (count < this.queue.length && count < MAX_BATCHES && events < MAX_EVENTS)
      events += this.queue[count++]!.request.batch.count;
    return this.queue.splice(0, count);
  }
}
