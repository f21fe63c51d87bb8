/** More would only queue up in the server. */
const AT_A_TIME = 2;

export interface FetcherOptions<T> {
  /** What is missing where the reader looks, most urgent first. */
  readonly wanted: () => readonly T[];
  readonly fetch: (item: T, signal: AbortSignal) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

export interface Fetcher {
  /** Fetches what is wanted now, and gives up what no longer is. */
  readonly run: () => void;
  readonly close: () => void;
}

/** Fetches what the reader looks at, a few things at a time; what was asked for and is out of sight is given up. */
export function createFetcher<T>({ wanted, fetch, onFailure }: FetcherOptions<T>): Fetcher {
  const running = new Map<T, AbortController>();
  let isClosed = false;
  const run = () => {
    if (isClosed) return;
    const items = wanted();
    for (const [item, given] of running) if (!items.includes(item)) given.abort();
    for (const item of items) {
      if (running.size >= AT_A_TIME) break;
      if (!running.has(item)) start(item);
    }
  };
  const start = (item: T) => {
    const given = new AbortController();
    running.set(item, given);
    fetch(item, given.signal).then(
      () => {
        running.delete(item);
        run();
      },
      (error: unknown) => {
        running.delete(item);
        if (given.signal.aborted) run();
        else onFailure(error);
      },
    );
  };
  return {
    run,
    close() {
      isClosed = true;
      for (const given of running.values()) given.abort();
    },
  };
}
