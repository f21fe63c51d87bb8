import { CairnClientError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { startDeadline } from "./deadline.ts";
import { type BodyEncoding, encodeBody, weakerEncoding } from "./encode-body.ts";
import { quote, readError } from "./read-error.ts";

/** Values that may stand in a query string; undefined ones are left out. */
export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** One HTTP call. */
export interface HttpCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path below the server's URL, beginning with "/". */
  readonly path: string;
  readonly query?: QueryValues;
  readonly body?: { readonly contentType: string; readonly bytes: Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take beyond the usual, for calls that make the server wait. */
  readonly extraTimeoutMs?: number;
  /** Statuses whose answer is given to the caller instead of thrown, beside 2xx. */
  readonly accept?: readonly number[];
}

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** Sends single requests; it never repeats one. All throw `CairnApiError` or `CairnClientError`. */
export interface Transport {
  send(call: HttpCall): Promise<Answer>;
  json<T>(call: HttpCall): Promise<T>;
  /** Gives the answer when its headers are there; reading the body is the caller's, without a time limit. */
  stream(call: HttpCall): Promise<Response>;
}

/** Everything that is the same for all calls. */
export interface TransportOptions {
  readonly url: URL;
  readonly key: string;
  readonly tenant: string | undefined;
  readonly requestTimeoutMs: number;
  readonly encoding: BodyEncoding;
  readonly fetch: typeof fetch;
}

/** Makes the transport of one server and key. */
export function createTransport(options: TransportOptions): Transport {
  /** Weakened for good once something on the way did not take it. */
  let encoding = options.encoding;

  /** Makes one request and hands its answer to `read` while the deadline runs. */
  async function exchange<T>(call: HttpCall, read: (response: Response) => Promise<T>): Promise<T> {
    const encoded = call.body === undefined ? undefined : await encodeBody(call.body.bytes, encoding);
    const headers: Record<string, string> = {
      authorization: `Bearer ${options.key}`,
      "user-agent": `cairn-sdk/${VERSION}`,
      ...call.headers,
    };
    if (options.tenant !== undefined) headers["cairn-tenant"] = options.tenant;
    if (call.body !== undefined) headers["content-type"] = call.body.contentType;
    if (encoded !== undefined && encoded.encoding !== "identity") headers["content-encoding"] = encoded.encoding;
    const deadline = startDeadline(options.requestTimeoutMs + (call.extraTimeoutMs ?? 0), call.signal);
    try {
      const response = await options.fetch(urlOf(options.url, call), {
        method: call.method,
        headers,
        body: encoded?.bytes ?? null,
        redirect: "manual",
        signal: deadline.signal,
      });
      if (response.ok || call.accept?.includes(response.status) === true) return await read(response);
      if (response.status >= 300 && response.status < 400) throw await redirected(response, options.url);
      const error = await readError(response);
      const isUnknownEncoding = error.code === "content_encoding_unsupported";
      if (!isUnknownEncoding || encoded === undefined || encoded.encoding === "identity") throw error;
      encoding = weakerEncoding(encoded.encoding);
    } catch (error) {
      throw asTransportError(error, { call, url: options.url });
    } finally {
      deadline.clear();
    }
    return exchange(call, read);
  }

  function send(call: HttpCall): Promise<Answer> {
    return exchange(call, async (response) => ({
      status: response.status,
      headers: response.headers,
      bytes: new Uint8Array(await response.arrayBuffer()),
    }));
  }

  async function json<T>(call: HttpCall): Promise<T> {
    return parseAnswer<T>(await send(call));
  }

  return { send, json, stream: (call) => exchange(call, (response) => Promise.resolve(response)) };
}

/** Reads an answer as JSON. Throws `response_invalid`. */
export function parseAnswer<T>(answer: Answer): T {
  const text = Buffer.from(answer.bytes).toString();
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new CairnClientError("response_invalid", `the answer is not JSON: ${quote(text)}`, { cause });
  }
}

function urlOf(base: URL, call: HttpCall): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, "")}${call.path}`;
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

async function redirected(response: Response, url: URL): Promise<CairnClientError> {
  await response.body?.cancel();
  const location = response.headers.get("location") ?? "elsewhere";
  return new CairnClientError("redirected", `${url.origin} redirects to ${location}: use that URL`);
}

function asTransportError(error: unknown, at: { readonly call: HttpCall; readonly url: URL }): unknown {
  if (error instanceof Error && (error.name === "CairnApiError" || error.name === "CairnClientError")) return error;
  if (at.call.signal?.aborted === true) {
    return new CairnClientError("aborted", "the call was aborted", { cause: error });
  }
  return new CairnClientError("unreachable", unreachableMessage(at.url, error), { cause: error });
}

/** `fetch` hides what happened in `cause`; the innermost message is the one that helps. */
function unreachableMessage(url: URL, error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const { code, message, name } = inner as { code?: unknown; message?: string; name?: string };
  if (name === "TimeoutError") return `${url.origin} did not answer in time`;
  const reason = message === undefined || message === "" ? String(code ?? "no connection") : message;
  return `${url.origin} cannot be reached: ${reason}`;
}
