import { EXPORT_LIMITS } from "./limits.ts";

export interface QueuedJob {
  readonly id: string;
  readonly tenantNo: number;
}

/** Runs jobs in order of arrival, a few at a time, and few of one tenant. A job whose run fails is over all the same. */
export class JobQueue {
  private readonly run: (job: QueuedJob) => Promise<void>;
  private waiting: QueuedJob[] = [];
  private readonly running = new Map<string, QueuedJob & { readonly ended: Promise<void> }>();
  private isOpen = false;

  constructor(run: (job: QueuedJob) => Promise<void>) {
    this.run = run;
  }

  /** Begins to run what is waiting. */
  open(): void {
    this.isOpen = true;
    this.next();
  }

  /** Starts nothing any more. */
  close(): void {
    this.isOpen = false;
  }

  /** Lines a job up, unless it is there already. */
  add(job: QueuedJob): void {
    if (this.running.has(job.id) || this.waiting.some(({ id }) => id === job.id)) return;
    this.waiting.push(job);
    this.next();
  }

  /** Takes a job out and waits for its end, if it runs. */
  async remove(id: string): Promise<void> {
    this.waiting = this.waiting.filter((job) => job.id !== id);
    await this.running.get(id)?.ended;
  }

  /** Jobs that run now. */
  runningIds(): string[] {
    return [...this.running.keys()];
  }

  private next(): void {
    while (this.isOpen && this.running.size < EXPORT_LIMITS.running) {
      const at = this.waiting.findIndex((job) => this.runningOf(job.tenantNo) < EXPORT_LIMITS.runningPerTenant);
      const [job] = at === -1 ? [] : this.waiting.splice(at, 1);
      if (job === undefined) return;
      const ended = this.run(job)
        .catch(() => undefined)
        .then(() => {
          this.running.delete(job.id);
          this.next();
        });
      this.running.set(job.id, { ...job, ended });
    }
  }

  private runningOf(tenantNo: number): number {
    return [...this.running.values()].filter((job) => job.tenantNo === tenantNo).length;
  }
}
