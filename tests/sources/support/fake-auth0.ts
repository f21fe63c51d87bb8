import { randomUUID } from "node:crypto";
import { logIdAt } from "@cairn/sources";
import { type FakeServer, type Reply, type Seen, startFake } from "./fake-server.ts";

/** A log of Auth0, in short. */
export interface FakeLog {
  readonly log_id: string;
  readonly [key: string]: unknown;
}

/** An Auth0 tenant that demands what the documented protocol demands. */
export interface FakeAuth0 extends FakeServer {
  /** What a client did that the protocol does not allow. */
  readonly violations: readonly string[];
  /** Logs in; ids grow. Gives their ids. */
  happen(count: number, options?: { readonly atMs?: number; readonly type?: string }): string[];
  /** Forgets logs up to an id, as retention does. */
  forgetUpTo(id: string): void;
  /** Ends all tokens. */
  revokeTokens(): void;
  /** Allows so many more reads until `resetInMs` from now; then as many as anybody wants. */
  limit(reads: number, resetInMs: number): void;
  /** Answers the next reads with these instead. */
  failNext(...replies: readonly Reply[]): void;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
}

const SECOND_MS = 1_000;

/** Starts one. */
export async function startAuth0(): Promise<FakeAuth0> {
  const credentials = { clientId: "client-1", clientSecret: randomUUID() };
  const violations: string[] = [];
  const tokens = new Set<string>();
  const failures: Reply[] = [];
  let logs: FakeLog[] = [];
  let sequence = 0;
  let allowance = { left: Number.POSITIVE_INFINITY, resetMs: 0 };

  const fake = await startFake((seen) => {
    if (seen.method === "POST" && seen.path === "/oauth/token") return issue(seen);
    if (seen.method === "GET" && seen.path === "/api/v2/logs") return read(seen);
    violations.push(`${seen.method} ${seen.path} is not there`);
    return { status: 404, body: { statusCode: 404, error: "Not Found" } };
  });

  function issue({ headers, body }: Seen): Reply {
    if (headers["content-type"] !== "application/json") violations.push("a token request that is not JSON");
    const wanted = JSON.parse(body) as Record<string, unknown>;
    if (wanted.grant_type !== "client_credentials") violations.push(`grant ${String(wanted.grant_type)}`);
    if (wanted.audience !== `${fake.url}/api/v2/`)
      return { status: 403, body: { error: "access_denied", error_description: "Service not enabled" } };
    if (wanted.client_id !== credentials.clientId || wanted.client_secret !== credentials.clientSecret)
      return { status: 401, body: { error: "access_denied", error_description: "Unauthorized" } };
    const token = randomUUID();
    tokens.add(token);
    return {
      status: 200,
      body: { access_token: token, token_type: "Bearer", expires_in: 86_400, scope: "read:logs read:logs_users" },
    };
  }

  function read({ headers, query }: Seen): Reply {
    const failure = failures.shift();
    if (failure !== undefined) return failure;
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    if (!tokens.has(token)) return { status: 401, body: { statusCode: 401, error: "Unauthorized" } };
    const rate = spend();
    if (rate.isOver)
      return { status: 429, headers: rate.headers, body: { statusCode: 429, errorCode: "too_many_requests" } };
    const take = Number(query.get("take"));
    if (!Number.isInteger(take) || take < 1 || take > 100) violations.push(`take=${query.get("take")}`);
    const from = query.get("from") ?? "";
    if (!/^\d{50,60}$/.test(from)) violations.push(`from=${from}`);
    for (const name of query.keys())
      if (name !== "from" && name !== "take") violations.push(`${name} with a checkpoint`);
    const page = logs.filter(({ log_id }) => log_id > from).slice(0, take);
    const next = `${fake.url}/api/v2/logs?from=${page.at(-1)?.log_id ?? from}&take=${take}`;
    return { status: 200, headers: { ...rate.headers, link: `<${next}>; rel="next"` }, body: page };
  }

  function spend(): { readonly isOver: boolean; readonly headers: Record<string, string> } {
    if (Date.now() >= allowance.resetMs) allowance = { left: Number.POSITIVE_INFINITY, resetMs: 0 };
    const isOver = allowance.left === 0;
    if (!isOver) allowance.left--;
    const reset = Math.ceil((allowance.resetMs || Date.now() + SECOND_MS) / SECOND_MS);
    const remaining = Number.isFinite(allowance.left) ? allowance.left : 99;
    return {
      isOver,
      headers: {
        "x-ratelimit-limit": "100",
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(reset),
      },
    };
  }

  return {
    ...fake,
    seen: fake.seen,
    violations,
    credentials,
    happen(count, { atMs = Date.now(), type = "s" } = {}) {
      const made = Array.from({ length: count }, (): FakeLog => {
        const number = String(++sequence).padStart(12, "0");
        const id = logIdAt(atMs).slice(0, 20) + number.padStart(36, "0");
        const date = new Date(atMs).toISOString();
        return {
          ...{ log_id: id, _id: id, date, type, ip: "203.0.113.4" },
          user_id: `auth0|${number}`,
          user_name: "a@example.com",
        };
      });
      logs.push(...made);
      logs = logs.toSorted((a, b) => (a.log_id < b.log_id ? -1 : 1));
      return made.map(({ log_id }) => log_id);
    },
    forgetUpTo(id) {
      logs = logs.filter(({ log_id }) => log_id > id);
    },
    revokeTokens: () => tokens.clear(),
    limit(reads, resetInMs) {
      allowance = { left: reads, resetMs: Date.now() + resetInMs };
    },
    failNext: (...replies) => void failures.push(...replies),
  };
}
