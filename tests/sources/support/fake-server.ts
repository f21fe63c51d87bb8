import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a fake sees it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly atMs: number;
}

/** What a fake answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

/** Another system, as far as Cairn sees it. */
export interface FakeServer {
  readonly url: string;
  /** Requests in the order they came. */
  readonly seen: readonly Seen[];
  stop(): Promise<void>;
}

/** Starts a server on the loopback that answers as the function says. */
export async function startFake(answer: (seen: Seen) => Reply | Promise<Reply>): Promise<FakeServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => void handle(request, response));

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://fake");
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const one: Seen = {
      ...{ method: request.method ?? "", path: pathname, query: searchParams, headers: request.headers },
      ...{ body, atMs: Date.now() },
    };
    seen.push(one);
    const { status, headers = {}, body: answered } = await answer(one);
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(answered === undefined ? "" : JSON.stringify(answered));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
