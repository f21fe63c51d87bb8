import { Agent, type OutgoingHttpHeaders, request } from "node:http";
import { createConnection } from "node:net";

/** A request with whatever bytes and headers a test wants; `fetch` would refuse many of them. */
export interface RawRequest {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly timeoutMs?: number;
}

/** What came back, as far as it did: a server may close a connection that makes no sense. */
export interface RawAnswer {
  /** Undefined: the connection was closed without an answer. */
  readonly status: number | undefined;
  readonly text: string;
  readonly elapsedMs: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Sends a request; no answer within the time is an error. */
export function sendRaw({ port, method, path, headers, body, timeoutMs = 20_000 }: RawRequest): Promise<RawAnswer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const done = (answer: Pick<RawAnswer, "status" | "text" | "headers">) =>
      resolve({ ...answer, elapsedMs: performance.now() - startedAt });
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    const all: OutgoingHttpHeaders = { ...length, ...headers };
    const sent = request({ agent, host: "127.0.0.1", port, method, path, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      const end = () =>
        done({
          status: response.statusCode,
          text: Buffer.concat(chunks).toString("latin1"),
          headers: response.headers,
        });
      response.on("end", end);
      response.on("error", end);
    });
    sent.setTimeout(timeoutMs, () => {
      sent.destroy();
      reject(new Error(`no answer to ${method} ${path.slice(0, 200)} within ${timeoutMs} ms`));
    });
    sent.on("error", () => done({ status: undefined, text: "", headers: {} }));
    sent.end(body);
  });
}

/** Opens a connection, writes some bytes, and gives everything that comes back until the server closes it. */
export function openSocket(port: number, first: string | Uint8Array) {
  const socket = createConnection({ port, host: "127.0.0.1" });
  let received = "";
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
  });
  socket.on("error", () => undefined);
  const closed = new Promise<string>((resolve) => socket.on("close", () => resolve(received)));
  socket.write(first);
  return { closed, write: (bytes: string | Uint8Array) => socket.write(bytes), destroy: () => socket.destroy() };
}
