import { lookup } from "node:dns";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { MAX_BODY_BYTES } from "@cairn/sources";
import { isPrivateAddress } from "./private-networks.ts";

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

/** Longer than any of these systems takes for a page. */
const TIMEOUT_MS = 30_000;

/**
 * Makes what asks other systems: HTTPS, addresses of the Internet only, no redirects (they would carry a secret elsewhere),
 * 30 seconds and 10 MiB at most. `any` allows plain HTTP and every address.
 */
export function createOutbound(reach: "internet" | "any"): Outbound {
  return async ({ method, url, headers, body, signal }) => {
    if (reach === "internet") demandPublic(url);
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          method,
          headers: { accept: "application/json", "user-agent": "Cairn", ...headers },
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
          ...(reach === "internet" ? { lookup: publicLookup } : {}),
        },
        (response) => readAnswer(response).then(resolve, reject),
      );
      request.once("error", (cause) => reject(unreachable(url, cause)));
      request.end(body);
    });
  };
}

function demandPublic(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "https:") throw new OutboundError(`${url.host}: it must be reached over https://`);
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw notPublic(url.host);
}

/** Names are looked at when they are resolved: looked at before, they could be another address by then. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    if (addresses.some(({ address }) => isPrivateAddress(address))) return done(notPublic(hostname), []);
    if (options.all === true) return done(null, addresses);
    const [first] = addresses;
    done(null, first?.address ?? "", first?.family);
  });
};

function notPublic(host: string): OutboundError {
  return new OutboundError(`${host} is not an address of the Internet`);
}

async function readAnswer(response: IncomingMessage): Promise<OutboundAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      response.destroy();
      throw new OutboundError(`the answer has more than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, text: Buffer.concat(chunks).toString("utf8") };
}

function unreachable(url: URL, cause: Error & { readonly code?: string }): OutboundError {
  if (cause instanceof OutboundError) return cause;
  const why = cause.name === "TimeoutError" ? "it does not answer" : (cause.code ?? "the connection failed");
  return new OutboundError(`${url.host} cannot be reached: ${why}`, { cause });
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
