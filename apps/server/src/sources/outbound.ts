import type { IncomingHttpHeaders } from "node:http";

/** A request to another system. */
export interface OutboundRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** What the other system answered, whatever its status. */
export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks other systems. */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>;

/** Why another system gave nothing. The message is for the owner of the source and never holds what was sent. */
export class OutboundError extends Error {
  /** The other side said when to come back. */
  readonly retryAfterMs: number | undefined;
  /** Of an answer. */
  readonly status: number | undefined;

  constructor(
    message: string,
    options: { readonly retryAfterMs?: number | undefined; readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "OutboundError";
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }
}

/** Demands a good answer. @throws OutboundError which says what to look at, and when to come back */
export function demandGood(answer: OutboundAnswer, what: string): void {
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const retryAfterMs = retryAfterOf(answer.headers, Date.now());
  const why =
    status === 429
      ? "it wants to be asked less often"
      : status === 401 || status === 403
        ? "look at the credentials and what they may do"
        : status >= 500
          ? "a fault of the other side"
          : "it does not take the request";
  throw new OutboundError(`${what} answered ${status}: ${why}`, {
    status,
    retryAfterMs: status === 429 ? (retryAfterMs ?? resetIn(answer.headers, Date.now())) : retryAfterMs,
  });
}

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). */
function retryAfterOf({ "retry-after": text }: IncomingHttpHeaders, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

const RATE_HEADERS = ["x-ratelimit", "x-rate-limit"] as const;

/** Time until the allowance is new: `x-ratelimit-reset` or `x-rate-limit-reset`, Unix seconds. */
function resetIn(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const texts = RATE_HEADERS.map((name) => headers[`${name}-reset`]);
  const text = texts.find((each) => typeof each === "string" && /^\d{1,12}$/.test(each));
  return text === undefined ? undefined : Math.max(0, Number(text) * 1_000 - nowMs);
}

/** How long to leave the other side alone after a good answer: until the reset when the allowance is used up. */
export function pauseOf(headers: IncomingHttpHeaders, nowMs: number): number {
  const isUsedUp = RATE_HEADERS.some((name) => headers[`${name}-remaining`] === "0");
  return isUsedUp ? (resetIn(headers, nowMs) ?? 0) : 0;
}

/** The target of `rel="next"` among `Link` headers (RFC 8288). */
export function nextLink({ link }: IncomingHttpHeaders): string | undefined {
  const text = Array.isArray(link) ? link.join(", ") : link;
  return text === undefined ? undefined : /<([^>]*)>\s*;[^<]*\brel="?next"?/i.exec(text)?.[1];
}
