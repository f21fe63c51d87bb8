import { delayAfterFailure, jittered, pauseAsked } from "./poll-delay.ts";

/** When to look again. */
export interface NextLook {
  readonly nextInMs: number;
  /** For so long the other side wants to be left alone, whoever asks. */
  readonly pauseMs: number;
}

/** What the loop is to do. */
export interface PollLoopParts {
  /** Ids of everything that is to be polled. */
  readonly ids: () => readonly string[];
  /** Looks once and says when to do it again; undefined when there is nothing to poll any more. */
  readonly poll: (id: string, signal: AbortSignal) => Promise<NextLook | undefined>;
  /** Hears of each failure and how many there were one after the other. */
  readonly onFailure: (id: string, error: unknown, failures: number) => void;
  readonly random?: () => number;
}

/** How often it is looked whether there is something new to poll: a tenant that was resumed. */
const REFRESH_MS = 30_000;
/** Looks under way at one time, over all sources: each may hold a page of 10 MiB. */
const MAX_AT_ONCE = 8;

interface Runner {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  /** Ends the wait, unless the other side wants to be left alone; during a look, the wait behind it. */
  wake: () => void;
}

/** Polls each source by itself, one look at a time, until it is stopped. */
export class PollLoop {
  private readonly parts: PollLoopParts;
  private readonly random: () => number;
  private readonly runners = new Map<string, Runner>();
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private underWay = 0;
  private isStopped = false;

  constructor(parts: PollLoopParts) {
    this.parts = parts;
    this.random = parts.random ?? Math.random;
  }

  start(): void {
    this.timer = setInterval(() => this.refresh(), REFRESH_MS).unref();
    this.refresh();
  }

  /** Begins with what is new, ends what is gone, and looks at once at one that was named. */
  refresh(now?: string): void {
    if (this.isStopped) return;
    const wanted = new Set(this.parts.ids());
    // What only begins now looks at once by itself.
    if (now !== undefined) this.runners.get(now)?.wake();
    for (const id of wanted) if (!this.runners.has(id)) this.begin(id);
    for (const [id, { abort }] of this.runners) if (!wanted.has(id)) abort.abort();
  }

  /** Ends every look that is under way, and waits for what was fetched to be recorded. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    const runners = [...this.runners.values()];
    for (const { abort } of runners) abort.abort();
    await Promise.all(runners.map(({ done }) => done));
  }

  private begin(id: string): void {
    const abort = new AbortController();
    const runner = { abort, wake: () => undefined as undefined };
    const done = this.run(id, runner).finally(() => {
      this.runners.delete(id);
      // It was switched off and on again before its last look had ended.
      if (!this.isStopped && abort.signal.aborted) this.refresh();
    });
    this.runners.set(id, Object.assign(runner, { done }));
  }

  private async run(id: string, runner: Pick<Runner, "abort" | "wake">): Promise<void> {
    const { signal } = runner.abort;
    let failures = 0;
    while (!signal.aborted) {
      let isWanted = false;
      runner.wake = () => {
        isWanted = true;
      };
      let next: NextLook;
      try {
        const said = await this.withinLimit(() => this.parts.poll(id, signal));
        if (said === undefined) return;
        failures = 0;
        next = { ...said, nextInMs: jittered(said.nextInMs, this.random) };
      } catch (error) {
        if (signal.aborted) return;
        this.parts.onFailure(id, error, ++failures);
        const pauseMs = pauseAsked((error as { readonly retryAfterMs?: number }).retryAfterMs);
        next = { nextInMs: delayAfterFailure(failures, this.random), pauseMs };
      }
      await sleep(next.pauseMs, signal);
      if (isWanted) continue;
      const woken = new Promise<void>((resolve) => {
        runner.wake = resolve;
      });
      await sleep(next.nextInMs - next.pauseMs, signal, woken);
    }
  }

  private async withinLimit<T>(act: () => Promise<T>): Promise<T> {
    if (this.underWay >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.underWay++;
    try {
      return await act();
    } finally {
      const next = this.waiting.shift();
      // The place is handed over, or given up.
      if (next === undefined) this.underWay--;
      else next();
    }
  }
}

/** Waits, until it is over, aborted or woken. */
function sleep(delayMs: number, signal: AbortSignal, woken?: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, delayMs));
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    void woken?.then(end);
  });
}
