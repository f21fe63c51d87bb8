import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { checkCredentials } from "./authentication.ts";
import { type ClickHouseException, exception, toClickHouseException } from "./clickhouse-exception.ts";
import { sendException, sendResult, streamedAnswer } from "./http-answer.ts";
import { type EngineLimits, MAX_CONNECTIONS, MAX_HEADER_BYTES } from "./limits.ts";
import { checkedFormat, parseQueryRequest, type QueryRequest } from "./query-request.ts";
import { asBodyError, decodedBody, parseMultipart, readBody } from "./request-body.ts";
import type { Spool } from "./spool.ts";
import { parseStatement, type Statement } from "./statement.ts";
import type { StatementRunner } from "./statement-runner.ts";

/** What the server needs of the engine around it. */
export type EngineServerParts = Readonly<{
  runner: StatementRunner;
  spool: Spool;
  limits: EngineLimits;
  password: string;
}>;

/**
 * Makes the HTTP server that speaks as much of ClickHouse's HTTP interface as `@clickhouse/client` uses: `/ping`, and
 * statements by GET (read-only) or POST to `/`.
 *
 * Anything malformed is answered with an exception; nothing a client sends stops the server.
 */
export function createEngineServer(parts: EngineServerParts): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      // The client gives an idle connection up after 2.5 s; the server must not be faster.
      keepAliveTimeout: 30_000,
      headersTimeout: 30_000,
      // A large insert over loopback takes seconds; stalls are cut off earlier by `stallTimeoutMs`.
      requestTimeout: 600_000,
    },
    (request, response) => {
      answer(parts, request, response).catch((error: unknown) => {
        sendException(response, toClickHouseException(asBodyError(error)));
        endConnection(request, response);
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

async function answer(parts: EngineServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = "", search = ""] = (request.url ?? "").split("?", 2);
  if (path === "/ping" || path === "/replicas_status" || (path === "/" && request.method === "GET" && search === "")) {
    response.end("Ok.\n");
    return;
  }
  if (path !== "/") throw exception("UNSUPPORTED_METHOD", "There is no such path. Use / or /ping", { status: 404 });
  const refusal = checkCredentials(request.headers, parts.password);
  if (refusal !== undefined) throw refusal;
  if (request.method !== "GET" && request.method !== "POST") {
    throw exception("UNSUPPORTED_METHOD", "Only GET and POST are allowed", { status: 405 });
  }
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client is gone"));
  });
  await answerStatement(parts, { request, response, signal: gone.signal });
}

type Exchange = Readonly<{ request: IncomingMessage; response: ServerResponse; signal: AbortSignal }>;

async function answerStatement(parts: EngineServerParts, exchange: Exchange): Promise<void> {
  const { request, response, signal } = exchange;
  const { runner, spool, limits } = parts;
  const startedMs = performance.now();
  const unwatch = watchUpload(request, limits.stallTimeoutMs);
  let query: QueryRequest | undefined;
  try {
    const received = await receiveStatement(request, limits);
    const { statement } = received;
    query = received.query;
    switch (statement.kind) {
      case "select": {
        unwatch();
        const format = checkedFormat(statement.format ?? query.defaultFormat);
        const answer = streamedAnswer(request, response, {
          query,
          format,
          signal,
          stallTimeoutMs: limits.stallTimeoutMs,
        });
        await runner.select(statement, query, answer, signal).then(answer.end, (error: unknown) => {
          answer.fail(toClickHouseException(error));
        });
        return;
      }
      case "insert": {
        checkedFormat(statement.format);
        const rows = await spool.write(statement.inlineRows, received.body);
        unwatch();
        try {
          const result = await runner.insert(statement, query, rows, signal);
          const elapsedMs = performance.now() - startedMs;
          sendResult(response, result, { query, format: "Null", insertedRows: result.rowsRead, elapsedMs });
        } finally {
          await rows.remove();
        }
        return;
      }
      case "command": {
        unwatch();
        const result = await runner.command(statement, query, signal);
        const format = statement.format ?? query.defaultFormat;
        sendResult(response, result, { query, format, insertedRows: 0, elapsedMs: performance.now() - startedMs });
        return;
      }
    }
  } catch (error) {
    unwatch();
    if (signal.aborted) return;
    const refusal: ClickHouseException = toClickHouseException(asBodyError(error));
    sendException(response, refusal, query);
    endConnection(request, response);
  }
}

type ReceivedStatement = Readonly<{
  query: QueryRequest;
  statement: Statement;
  /** What is left to read: the rows of an insert. */
  body: ReturnType<typeof decodedBody> | undefined;
}>;

async function receiveStatement(request: IncomingMessage, limits: EngineLimits): Promise<ReceivedStatement> {
  const url = request.url ?? "";
  const search = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?")) : "");
  const body = decodedBody(request);
  const contentType = request.headers["content-type"] ?? "";
  if (contentType.startsWith("multipart/form-data")) {
    for (const [name, value] of await parseMultipart(await readBody(body, limits.statementBytes), contentType)) {
      search.append(name, value);
    }
    const query = readQuery(request, search);
    return { query, statement: parseStatement(Buffer.from(query.query)), body: undefined };
  }
  const query = readQuery(request, search);
  const head = Buffer.from(query.query);
  if (head.length > 0) {
    const statement = parseStatement(head);
    if (statement.kind === "insert") return { query, statement, body };
    const rest = await readBody(body, limits.statementBytes);
    if (rest.length === 0) return { query, statement, body: undefined };
    return { query, statement: parseStatement(Buffer.concat([head, Buffer.from("\n"), rest])), body: undefined };
  }
  return { query, statement: parseStatement(await readBody(body, limits.statementBytes)), body: undefined };
}

/** As in ClickHouse, GET must not change anything: `readonly = 2` still allows other settings. */
function readQuery(request: IncomingMessage, search: URLSearchParams): QueryRequest {
  const query = parseQueryRequest(search);
  if (request.method !== "GET") return query;
  return { ...query, settings: new Map([...query.settings, ["readonly", "2"]]) };
}

/** Cuts off a client that stops sending; returns what ends the watch, since the engine may take longer to answer. */
function watchUpload(request: IncomingMessage, stallTimeoutMs: number): () => void {
  const { socket } = request;
  const cut = () => request.destroy();
  socket.setTimeout(stallTimeoutMs, cut);
  return () => {
    socket.off("timeout", cut);
    socket.setTimeout(0);
  };
}

/** A refused upload may go on for long: the client gets time to read the refusal, then the connection ends. */
const LINGER_MS = 2_000;

function endConnection(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.on("close", () => clearTimeout(timer));
  response.on("error", () => undefined);
}
