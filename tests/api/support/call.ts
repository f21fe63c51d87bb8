import type { TestServer } from "@cairn/testkit";

/** A request as a test writes it. */
export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes and texts go as they are, everything else as JSON. */
  readonly body?: unknown;
}

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
  /** Parses the body; the caller says what it expects there. */
  json<T>(): T;
}

/** Sends a request to a server under test. */
export async function call(server: Pick<TestServer, "url">, options: Call): Promise<Answer> {
  const { path, key, body } = options;
  const isRaw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(server.url + path, {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as NonNullable<RequestInit["body"]>) : JSON.stringify(body) }),
    redirect: "manual",
  });
  return read(response);
}

async function read(response: Response): Promise<Answer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString("utf8");
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text,
    json: <T>() => JSON.parse(text) as T,
  };
}

/** Records events and gives the answer. */
export function record(
  server: Pick<TestServer, "url">,
  key: string,
  events: unknown,
  query = "wait=searchable",
): Promise<Answer> {
  return call(server, { path: `/v1/events${query === "" ? "" : `?${query}`}`, key, body: events });
}

/** What of an error does not differ between two requests. Protocols of others have errors of their own. */
export function errorOf(answer: Answer): unknown {
  const body = answer.json<{ error?: unknown }>();
  if (typeof body.error !== "object" || body.error === null) return { status: answer.status, body };
  const { request_id: _id, ...rest } = body.error as Record<string, unknown>;
  return { status: answer.status, error: rest };
}
