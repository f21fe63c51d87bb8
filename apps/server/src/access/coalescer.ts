import { randomUUIDv7 } from "node:crypto";
import type { NewOwnEvent, OwnLog } from "./own-log.ts";

/** Left to the final word on a record before the first one is recorded in its place. */
const GRACE_MS = 60_000;
const LOOK_MS = 5_000;
/** Records that are open at one time; beyond it the oldest is closed early. */
const MAX_OPEN = 20_000;

/** What is counted under one key until a time. */
interface Open<State> {
  readonly id: string;
  readonly firstMs: number;
  readonly endMs: number;
  state: State;
  /** Settles once the record would survive a crash. */
  readonly begun: Promise<void>;
}

/** One kind of event that stands for many. */
export interface CoalescerOptions<State> {
  readonly own: OwnLog;
  /** Adds what happened once more. */
  readonly add: (state: State, more: State) => State;
  readonly event: (
    state: State,
    times: { readonly firstMs: number },
  ) => Pick<NewOwnEvent, "tenantNo" | "category" | "event">;
}

/**
 * Records many alike happenings as one event. The first one is on the disk, waiting, before anybody is answered; a crash
 * loses the count of those that followed, never that it happened.
 */
export class Coalescer<State> {
  private readonly options: CoalescerOptions<State>;
  private readonly open = new Map<string, Open<State>>();
  private readonly timer: NodeJS.Timeout;

  constructor(options: CoalescerOptions<State>) {
    this.options = options;
    this.timer = setInterval(() => void this.close((each) => each.endMs <= Date.now()), LOOK_MS);
    this.timer.unref();
  }

  /** Counts something that happened now under `key`; what is new under a key is recorded at `endMs`. */
  async count(key: string, more: State, endMs: number): Promise<void> {
    const nowMs = Date.now();
    const known = this.open.get(key);
    if (known !== undefined && known.endMs > nowMs) {
      known.state = this.options.add(known.state, more);
      return known.begun;
    }
    if (known !== undefined) await this.close((each) => each === known);
    if (this.open.size >= MAX_OPEN) await this.close((each) => each === this.open.values().next().value);
    const id = randomUUIDv7();
    const begun = this.options.own.put({
      ...this.options.event(more, { firstMs: nowMs }),
      id,
      dueAtMs: endMs + GRACE_MS,
    });
    this.open.set(key, { id, firstMs: nowMs, endMs, state: more, begun });
    return begun;
  }

  /** Records everything that is open. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.close(() => true);
  }

  private async close(which: (open: Open<State>) => boolean): Promise<void> {
    for (const [key, open] of [...this.open]) {
      if (!which(open)) continue;
      this.open.delete(key);
      await open.begun.catch(() => undefined);
      const { id, firstMs, state } = open;
      // The last word takes the place of the first one, and is due now.
      await this.options.own.put({ ...this.options.event(state, { firstMs }), id, occurredAtMs: firstMs });
    }
  }
}
