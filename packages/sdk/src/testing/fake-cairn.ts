import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as zlib from "node:zlib";
import { CairnError, ERRORS, LIMITS, type RecordedEvent } from "@cairn/event";
import { createFakeLedger } from "./fake-ledger.ts";

/** A request as the fake saw it, its body decompressed. */
export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What goes wrong with a request, once. */
export type FakeFault =
  /** The connection breaks and nothing has happened. */
  | { readonly kind: "drop_before" }
  /** The connection breaks, but it has happened. */
  | { readonly kind: "drop_after" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: "delay"; readonly delayMs: number };

/** Answers a request to a path that the fake does not know by itself. */
export type FakeRoute = (request: FakeRequest, response: ServerResponse) => void | Promise<void>;

/** How a fake is made. */
export interface FakeCairnOptions {
  /** `cairn_test` unless given. */
  readonly key?: string;
  /** Encodings of bodies that it takes; all unless given. */
  readonly encodings?: readonly string[];
  /** By method and path, `GET /v1/tenant`; the longest beginning that fits answers. */
  readonly routes?: Readonly<Record<string, FakeRoute>>;
}

/** A server that speaks the recording and searching part of the API, on a port of its own, in memory. */
export interface FakeCairn extends AsyncDisposable {
  readonly url: string;
  readonly key: string;
  readonly events: readonly RecordedEvent[];
  readonly requests: readonly FakeRequest[];
  /** Faults for the next requests, one each; the fake takes them from the front. */
  readonly faults: FakeFault[];
  /** Most requests that were under way together. */
  readonly maxConcurrent: number;
  close(): Promise<void>;
}

/**
 * Starts a fake Cairn for tests of programs that log. It uses the real door, so that it refuses what the server refuses,
 * and it complains about requests that no server would take. Queries are not evaluated: every event is found.
 */
export async function startFakeCairn(options: FakeCairnOptions = {}): Promise<FakeCairn> {
  const key = options.key ?? "cairn_test";
  const ledger = createFakeLedger();
  const requests: FakeRequest[] = [];
  const faults: FakeFault[] = [];
  let concurrent = 0;
  let maxConcurrent = 0;

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(incoming);
    const fault = faults.shift();
    if (fault?.kind === "drop_before") return void incoming.socket.destroy();
    if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.kind === "answer") return void response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
    try {
      const request: FakeRequest = {
        method: incoming.method ?? "",
        url: new URL(incoming.url ?? "/", "http://fake"),
        headers: incoming.headers,
        body: decode(raw, incoming.headers["content-encoding"], options.encodings),
      };
      requests.push(request);
      if (request.headers.authorization !== `Bearer ${key}`) throw new CairnError("unauthenticated", "no such key");
      const answer = await answerOf(request, response);
      if (fault?.kind === "drop_after") return void incoming.socket.destroy();
      if (answer !== undefined) sendJson(response, answer.status, answer.value);
    } catch (error) {
      if (!(error instanceof CairnError)) throw error;
      const { code, message, status, place } = error;
      sendJson(response, status, { error: { code, message, ...place, fix: ERRORS[code].fix, request_id: "fake-1" } });
    }
  }

  async function answerOf(
    request: FakeRequest,
    response: ServerResponse,
  ): Promise<{ readonly status: number; readonly value: unknown } | undefined> {
    const name = `${request.method} ${request.url.pathname}`;
    const [route] = Object.keys(options.routes ?? {})
      .filter((prefix) => name.startsWith(prefix))
      .sort((a, b) => b.length - a.length);
    if (route !== undefined) {
      await options.routes?.[route]?.(request, response);
      return undefined;
    }
    switch (name) {
      case "POST /v1/events":
        return recordAnswer(request);
      case "POST /v1/events/search":
        return searchAnswer(request);
      default:
        throw new CairnError("not_found", `nothing at ${name}`);
    }
  }

  function recordAnswer({ url, headers, body }: FakeRequest): { readonly status: number; readonly value: unknown } {
    checkParameters(url.searchParams.keys(), ["atomic", "wait"]);
    const type = headers["content-type"];
    if (type !== "application/json" && type !== "application/x-ndjson") {
      throw new CairnError("content_type_unsupported", `${String(type)} is not a type of events`);
    }
    const isAtomic = url.searchParams.get("atomic") === "true";
    const results = ledger.record(body, type === "application/json" ? "json" : "ndjson", { isAtomic });
    const goodCount = results.filter(({ status }) => status === "created" || status === "duplicate").length;
    const status = goodCount === results.length ? 200 : goodCount === 0 ? 422 : 207;
    return { status, value: { results } };
  }

  function searchAnswer({ body }: FakeRequest): { readonly status: number; readonly value: unknown } {
    const query = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
    checkParameters(Object.keys(query), ["q", "from", "to", "sort", "order", "limit", "cursor"]);
    const limit = Number(query.limit ?? 50);
    if (limit > 1_000) throw new CairnError("parameter_invalid", "limit is at most 1,000");
    const start = Number(query.cursor ?? 0);
    const { events } = ledger;
    const next = start + limit < events.length ? String(start + limit) : null;
    const value = {
      events: events.toReversed().slice(start, start + limit),
      next,
      as_of: { ledger: 1, sequence: events.length - 1 },
      total: { count: events.length, exact: true },
    };
    return { status: 200, value };
  }

  const server = createServer((incoming, response) => {
    maxConcurrent = Math.max(maxConcurrent, ++concurrent);
    void handle(incoming, response).finally(() => concurrent--);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    events: ledger.events,
    requests,
    faults,
    get maxConcurrent() {
      return maxConcurrent;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function decode(body: Buffer, encoding: string | undefined, accepted: readonly string[] | undefined): Buffer {
  if (encoding === undefined) return limited(body);
  if (accepted !== undefined && !accepted.includes(encoding)) {
    throw new CairnError("content_encoding_unsupported", `${encoding} is not taken`);
  }
  if (encoding === "gzip") return limited(zlib.gunzipSync(body));
  if (encoding === "zstd") return limited(zlib.zstdDecompressSync(body));
  throw new CairnError("content_encoding_unsupported", `${encoding} is not known`);
}

function limited(body: Buffer): Buffer {
  if (body.length > LIMITS.batchBytes) throw new CairnError("body_too_large", "the body is too large");
  return body;
}

function checkParameters(names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) {
    if (!known.includes(name)) throw new CairnError("parameter_invalid", `there is no parameter ${name}`);
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
