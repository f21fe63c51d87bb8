import { LIMITS } from "@cairn/event";
import { CairnApiError, CairnClientError } from "./errors.ts";
import type { RetryPolicy } from "./http/backoff.ts";
import { BEST_ENCODING, type BodyEncoding } from "./http/encode-body.ts";
import type { RetryListener } from "./http/with-retries.ts";
import type { RefusedEvent } from "./producer/outcome.ts";

/** How a client is made. Only `url` and `key` are needed. */
export interface CairnOptions {
  /** Where the server is: `https://audit.example.com`. */
  readonly url: string | URL;
  /** A key of the instance: `cairn_…`. */
  readonly key: string;
  /** The tenant that calls are about, when the key belongs to a project. */
  readonly tenant?: string;
  /** `source` of events that name none. */
  readonly source?: string;

  /** Most events in one request; 500 unless given, at most 1,000. */
  readonly maxBatchEvents?: number;
  /** Most bytes of events in one request, before compression; 1 MiB unless given, at most 10 MiB. */
  readonly maxBatchBytes?: number;
  /** How long an event waits for company; 100 ms unless given. */
  readonly lingerMs?: number;
  /** Requests under way at a time; 2 unless given. With 1, events are sequenced in the order they were logged. */
  readonly concurrency?: number;
  /** Most events kept until they are recorded; 20,000 unless given. */
  readonly maxQueuedEvents?: number;
  /** Most bytes kept until they are recorded; 64 MiB unless given. */
  readonly maxQueuedBytes?: number;
  /**
   * What `log` does when the queue is full: `"refuse"` hands the event to `onRefused`, `"throw"` throws. `logAndWait` waits
   * for room in either case. `"refuse"` unless given.
   */
  readonly whenFull?: "refuse" | "throw";
  /** How failed requests to record are repeated; for up to 15 minutes unless given. */
  readonly retry?: Partial<RetryPolicy>;
  /** How failed requests to read are repeated; for up to 10 s unless given. */
  readonly readRetry?: Partial<RetryPolicy>;
  /** Longest time one request may take; 30 s unless given. */
  readonly requestTimeoutMs?: number;
  /** How bodies travel: the best this platform has unless given. */
  readonly encoding?: BodyEncoding;

  /** Told of every event that was not recorded. Without it, a process warning says so. */
  readonly onRefused?: (refused: RefusedEvent) => void;
  /** Told of every failure that is tried again. */
  readonly onRetry?: RetryListener;
  /** Flush when the process ends by itself or by SIGTERM or SIGINT; off unless set. */
  readonly flushAtExit?: boolean;
  /** Longest time that flushing at exit may take; 10 s unless given. */
  readonly exitTimeoutMs?: number;

  /** Replaces the platform's `fetch`, for proxies and private certificates. */
  readonly fetch?: typeof fetch;
}

/** Options with everything decided. */
export interface ResolvedOptions {
  readonly url: URL;
  readonly key: string;
  readonly tenant: string | undefined;
  readonly source: string | undefined;
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  readonly lingerMs: number;
  readonly concurrency: number;
  readonly maxQueuedEvents: number;
  readonly maxQueuedBytes: number;
  readonly whenFull: "refuse" | "throw";
  readonly retry: RetryPolicy;
  readonly readRetry: RetryPolicy;
  readonly requestTimeoutMs: number;
  readonly encoding: BodyEncoding;
  readonly onRefused: (refused: RefusedEvent) => void;
  readonly onRetry: RetryListener | undefined;
  readonly flushAtExit: boolean;
  readonly exitTimeoutMs: number;
  readonly fetch: typeof fetch;
}

const DEFAULTS = {
  maxBatchEvents: 500,
  maxBatchBytes: 1024 * 1024,
  lingerMs: 100,
  concurrency: 2,
  maxQueuedEvents: 20_000,
  maxQueuedBytes: 64 * 1024 * 1024,
  requestTimeoutMs: 30_000,
  exitTimeoutMs: 10_000,
} as const;

/** A server that is away for less than this costs nothing but memory. */
const DEFAULT_RETRY: RetryPolicy = { baseDelayMs: 200, maxDelayMs: 30_000, giveUpAfterMs: 15 * 60_000 };
/** Somebody waits for what is read. */
const READ_GIVE_UP_MS = 10_000;

/** Fills in the defaults. Throws `option_invalid` for what cannot work. */
export function resolveOptions(options: CairnOptions): ResolvedOptions {
  const number = (name: keyof typeof DEFAULTS, min: number, max = Number.MAX_SAFE_INTEGER): number => {
    const value = options[name] ?? DEFAULTS[name];
    if (Number.isFinite(value) && value >= min && value <= max) return value;
    throw invalid(`${name} is ${value}, not a number from ${min} to ${max}`);
  };
  if (options.key === "") throw invalid("key is empty");
  if (/[^\x21-\x7e]/.test(options.key)) throw invalid("key has characters that no key has");
  return {
    url: parseUrl(options.url),
    key: options.key,
    tenant: options.tenant,
    source: options.source,
    maxBatchEvents: number("maxBatchEvents", 1, LIMITS.batchEvents),
    maxBatchBytes: number("maxBatchBytes", 1, LIMITS.batchBytes),
    lingerMs: number("lingerMs", 0),
    concurrency: number("concurrency", 1, 64),
    maxQueuedEvents: number("maxQueuedEvents", 1),
    maxQueuedBytes: number("maxQueuedBytes", 1),
    whenFull: options.whenFull ?? "refuse",
    retry: { ...DEFAULT_RETRY, ...options.retry },
    readRetry: { ...DEFAULT_RETRY, giveUpAfterMs: READ_GIVE_UP_MS, ...options.readRetry },
    requestTimeoutMs: number("requestTimeoutMs", 1),
    encoding: options.encoding ?? BEST_ENCODING,
    onRefused: guarded(options.onRefused ?? warnOfRefused),
    onRetry: options.onRetry === undefined ? undefined : guarded(options.onRetry),
    flushAtExit: options.flushAtExit ?? false,
    exitTimeoutMs: number("exitTimeoutMs", 0),
    fetch: options.fetch ?? fetch,
  };
}

function parseUrl(url: string | URL): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new CairnClientError("option_invalid", `url ${JSON.stringify(String(url))} is not a URL`, { cause });
  }
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") throw invalid("url begins with http: or https:");
  if (parsed.username !== "" || parsed.password !== "")
    throw invalid("url holds a password; keys are sent in a header");
  parsed.search = "";
  parsed.hash = "";
  return parsed;
}

/** A callback that throws must not stop the sending of other events. */
function guarded<T>(callback: (argument: T) => void): (argument: T) => void {
  return (argument) => {
    try {
      callback(argument);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}

/** Nothing is lost without a word: a process warning names id, code and place. Not the message, which may quote content. */
function warnOfRefused({ id, error }: RefusedEvent): void {
  const place = error instanceof CairnApiError && error.pointer !== undefined ? ` at ${error.pointer}` : "";
  process.emitWarning(`audit event ${id} was not recorded: ${error.code}${place}`, {
    type: "CairnRefusedEvent",
    code: error.code,
  });
}

function invalid(message: string): CairnClientError {
  return new CairnClientError("option_invalid", message);
}
