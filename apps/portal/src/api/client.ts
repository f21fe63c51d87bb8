import type { RecordedEvent } from "@cairn/event";
import type { EventPage, Place, TenantAnswer } from "./answers.ts";
import { type Credential, credentialHeaders } from "./credential.ts";
import { RequestFailure, readRefusal } from "./problem.ts";

/** Longer than any search may run; then the connection is taken for dead. */
const TIMEOUT_MS = 45_000;

/** What is asked for: the first page of a query with its total, or a later page. */
export interface SearchAsk {
  readonly query: string;
  readonly cursor?: string;
  readonly limit: number;
}

/** The calls of the HTTP API that the page makes. Each throws `RequestFailure`, or an abort error when given up. */
export interface Api {
  search(ask: SearchAsk, signal: AbortSignal): Promise<EventPage>;
  event(place: Place, signal: AbortSignal): Promise<RecordedEvent>;
  /** Text of a C2SP tlog-proof. */
  proof(place: Place, signal: AbortSignal): Promise<Uint8Array>;
  tenant(signal: AbortSignal): Promise<TenantAnswer>;
  /** A file of the log at its C2SP tlog-tiles path. */
  tile(logId: string, path: string, signal: AbortSignal): Promise<Uint8Array>;
  endSession(): Promise<void>;
}

/** Makes the calls with a credential; `onSignedOut` hears when the server no longer takes it. */
export function createApi(credential: Credential, onSignedOut: () => void): Api {
  async function call(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    try {
      response = await fetch(path, {
        ...init,
        headers: { ...init.headers, ...credentialHeaders(credential) },
        cache: "no-store",
        redirect: "error",
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch {
      signal?.throwIfAborted();
      throw new RequestFailure({ kind: "unreachable" });
    }
    if (response.ok) return response;
    if (response.status === 401) onSignedOut();
    throw new RequestFailure(await readRefusal(response));
  }
  const get = (path: string, signal: AbortSignal) => call(path, { method: "GET" }, signal);

  return {
    async search({ query, cursor, limit }, signal) {
      // Always by POST: a query names people, and addresses of requests end up in access logs.
      const body = cursor === undefined ? { q: query, limit, total: true } : { q: query, limit, cursor };
      const headers = { "content-type": "application/json" };
      const response = await call("/v1/events/search", { method: "POST", headers, body: JSON.stringify(body) }, signal);
      return jsonOf<EventPage>(response);
    },
    event: async ({ ledger, sequence }, signal) =>
      jsonOf<RecordedEvent>(await get(`/v1/events/${ledger}/${sequence}`, signal)),
    proof: async ({ ledger, sequence }, signal) => bytesOf(await get(`/v1/events/${ledger}/${sequence}/proof`, signal)),
    tenant: async (signal) => jsonOf<TenantAnswer>(await get("/v1/tenant", signal)),
    tile: async (logId, path, signal) => bytesOf(await get(`/log/${encodeURIComponent(logId)}/${path}`, signal)),
    async endSession() {
      await call("/v1/session/end", { method: "POST" });
    },
  };
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return whole(async () => new Uint8Array(await response.arrayBuffer()));
}

async function jsonOf<T>(response: Response): Promise<T> {
  return whole(async () => (await response.json()) as T);
}

/** An answer that breaks off is no answer. */
async function whole<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new RequestFailure({ kind: "unreachable" });
  }
}
