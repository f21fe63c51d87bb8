import { setTimeout as delay } from "node:timers/promises";
import { CairnError } from "@cairn/event";
import { BATCH_BYTES, BATCH_MESSAGES, FULL_BYTES, FULL_MESSAGES, GATHER_MS } from "./limits.ts";

/** What waits to be recorded. */
export interface Waiting {
  readonly bytes: Uint8Array;
}

/** What an intake does with what it gathers. */
export interface IntakeParts<M extends Waiting, D> {
  /** Translates messages, once. */
  readonly prepare: (messages: readonly M[]) => Promise<D>;
  /** Records what was translated. @throws CairnError when it could not be, or not all: then it is tried again */
  readonly record: (delivery: D) => Promise<void>;
  /** Hears that no more should be read, and that more can be. */
  readonly onPressure: (pressure: "full" | "room") => void;
  readonly onFailure: (error: unknown) => void;
}

/** The first wait after a failure that does not say how long to wait; each further one doubles it. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/** Gathers messages of a stream into batches, and records one after the other. Nothing that was added is given up. */
export class Intake<M extends Waiting, D> {
  private readonly parts: IntakeParts<M, D>;
  private readonly queue: M[] = [];
  private readonly abort = new AbortController();
  private bytes = 0;
  /** Messages of the batch that is under way. */
  private underWay = 0;
  private running: Promise<void> | undefined;
  private isFull = false;
  private isDraining = false;
  private batchIsThere = Promise.withResolvers<void>();

  constructor(parts: IntakeParts<M, D>) {
    this.parts = parts;
  }

  add(messages: readonly M[]): void {
    if (messages.length === 0) return;
    for (const message of messages) {
      this.queue.push(message);
      this.bytes += message.bytes.length;
    }
    if (this.isBatch()) this.batchIsThere.resolve();
    if (!this.isFull && (this.queue.length >= FULL_MESSAGES || this.bytes >= FULL_BYTES)) {
      this.isFull = true;
      this.parts.onPressure("full");
    }
    this.running ??= this.run();
  }

  /** Waits until all is recorded, at most so long. Gives the number of messages that could not be. */
  async drain(timeoutMs: number): Promise<number> {
    this.isDraining = true;
    this.batchIsThere.resolve();
    const timer = setTimeout(() => this.abort.abort(), timeoutMs);
    await this.running;
    clearTimeout(timer);
    return this.queue.length + this.underWay;
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0 && !this.abort.signal.aborted) {
      if (!this.isBatch() && !this.isDraining) await Promise.race([delay(GATHER_MS), this.batchIsThere.promise]);
      const batch = this.take();
      const delivery = await this.parts.prepare(batch);
      if (!(await this.recorded(delivery))) break;
      this.underWay = 0;
      if (this.isFull && this.queue.length < FULL_MESSAGES / 2 && this.bytes < FULL_BYTES / 2) {
        this.isFull = false;
        this.parts.onPressure("room");
      }
    }
    this.running = undefined;
  }

  private isBatch(): boolean {
    return this.queue.length >= BATCH_MESSAGES || this.bytes >= BATCH_BYTES;
  }

  private take(): M[] {
    let count = 0;
    let bytes = 0;
    while (count < this.queue.length && count < BATCH_MESSAGES && (count === 0 || bytes < BATCH_BYTES))
      bytes += this.queue[count++]!.bytes.length;
    this.bytes -= bytes;
    this.underWay = count;
    this.batchIsThere = Promise.withResolvers<void>();
    return this.queue.splice(0, count);
  }

  /** Records until it is done; false when it was given up, because the server ends. */
  private async recorded(delivery: D): Promise<boolean> {
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)) {
      try {
        await this.parts.record(delivery);
        return true;
      } catch (error) {
        this.parts.onFailure(error);
        const askedMs = error instanceof CairnError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
        const waitMs = Math.min(Math.max(retryMs, askedMs), LONGEST_RETRY_MS);
        await delay(waitMs, undefined, { signal: this.abort.signal }).catch(() => undefined);
        if (this.abort.signal.aborted) return false;
      }
    }
  }
}
