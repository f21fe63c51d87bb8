import type { RecordedEvent } from "@cairn/event";
import type { Bounds } from "../view/range.ts";
import type {
  ActionsAnswer,
  Category,
  EventPage,
  ExportJob,
  ExportOrder,
  FacetsAnswer,
  HistogramAnswer,
  Interval,
  Place,
  TenantAnswer,
} from "./answers.ts";
import { type Credential, credentialHeaders } from "./credential.ts";
import { isRefusal, RequestFailure, readRefusal } from "./problem.ts";

/** Longer than any search may run; then the connection is taken for dead. */
const TIMEOUT_MS = 45_000;
/** A file may take its time. */
const DOWNLOAD_TIMEOUT_MS = 3_600_000;

/** A query and the stretch of time it is asked of. */
export interface Scope extends Bounds {
  readonly query: string;
}

export interface SearchAsk extends Scope {
  /** A field of the query language; by time of occurrence when absent. */
  readonly sort?: string;
  /** `desc` when absent: newest first. */
  readonly order?: "asc" | "desc";
  readonly limit: number;
  readonly cursor?: string;
  /** Whether the matches are counted, up to 10,000. */
  readonly total?: boolean;
}

export interface HistogramAsk extends Scope {
  readonly interval?: Interval | "auto";
  /** IANA zone in which days begin. */
  readonly zone: string;
}

export interface FacetsAsk extends Scope {
  readonly fields: readonly string[];
  /** Values of each field. */
  readonly limit: number;
}

/** What goes along with a change. */
export interface SendOptions {
  readonly body?: object;
  /** In the place of a body: a file of lines with commas. */
  readonly csv?: string;
  /** Of an operator: another project or tenant than the one whose pages are shown. */
  readonly at?: { readonly project: string; readonly tenant?: string };
}

/** The calls of the HTTP API that the page makes. Each throws `RequestFailure`, or an abort error when given up. */
export interface Api {
  search(ask: SearchAsk, signal: AbortSignal): Promise<EventPage>;
  histogram(ask: HistogramAsk, signal: AbortSignal): Promise<HistogramAnswer>;
  facets(ask: FacetsAsk, signal: AbortSignal): Promise<FacetsAnswer>;
  event(place: Place, signal: AbortSignal): Promise<RecordedEvent>;
  /** Text of a C2SP tlog-proof. */
  proof(place: Place, signal: AbortSignal): Promise<Uint8Array>;
  actions(signal: AbortSignal): Promise<ActionsAnswer>;
  categories(signal: AbortSignal): Promise<readonly Category[]>;
  exports(signal: AbortSignal): Promise<readonly ExportJob[]>;
  createExport(order: ExportOrder): Promise<ExportJob>;
  deleteExport(id: string): Promise<void>;
  /** The file of an export, for a page that cannot simply link to it. */
  download(url: string): Promise<Blob>;
  /** Whether the browser itself is signed in, so that a plain link downloads. */
  readonly hasCookie: boolean;
  tenant(signal: AbortSignal): Promise<TenantAnswer>;
  /** Asks for something of the management API; `T` is the shape that docs/api.md gives it. */
  get<T>(path: string, signal: AbortSignal, at?: { readonly project?: string | undefined }): Promise<T>;
  /** Changes something by the management API; undefined where the answer is empty. */
  send<T = undefined>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, ask?: SendOptions): Promise<T>;
  /** A text of the server, such as its metrics. */
  text(path: string, signal: AbortSignal): Promise<string>;
  /** A file of the log at its C2SP tlog-tiles path. */
  tile(logId: string, path: string, signal: AbortSignal): Promise<Uint8Array>;
  endSession(): Promise<void>;
}

/** Who hears of refusals that are about whoever asks, and not about what they asked. */
export interface ApiListeners {
  /** The server no longer takes the credential. */
  readonly onSignedOut: () => void;
  /** The tenant requires a second factor, and the member has none. */
  readonly onSecondFactorMissing: () => void;
}

/** Makes the calls with a credential. */
export function createApi(credential: Credential, { onSignedOut, onSecondFactorMissing }: ApiListeners): Api {
  async function call(
    path: string,
    init: RequestInit & { readonly timeoutMs?: number },
    signal?: AbortSignal,
  ): Promise<Response> {
    const { timeoutMs = TIMEOUT_MS, ...rest } = init;
    const timeout = AbortSignal.timeout(timeoutMs);
    let response: Response;
    try {
      response = await fetch(path, {
        ...rest,
        headers: { ...credentialHeaders(credential), ...rest.headers },
        cache: "no-store",
        redirect: "error",
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch {
      signal?.throwIfAborted();
      throw new RequestFailure({ kind: "unreachable" });
    }
    if (response.ok) return response;
    const problem = await readRefusal(response);
    // A wrong password is answered by 401, too, and ends nothing.
    const isOut = response.status === 401 && !isRefusal(problem, "sign_in_failed");
    if (isOut && !isRefusal(problem, "second_factor_required")) onSignedOut();
    if (isRefusal(problem, "second_factor_missing")) onSecondFactorMissing();
    throw new RequestFailure(problem);
  }
  const get = (path: string, signal: AbortSignal) => call(path, { method: "GET" }, signal);
  // Always by POST: a query names people, and addresses of requests end up in access logs.
  const post = (path: string, body: object, signal?: AbortSignal) =>
    call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }, signal);

  return {
    async search({ query, fromMs, toMs, ...rest }, signal) {
      return jsonOf<EventPage>(
        await post("/v1/events/search", { ...scopeOf({ query, fromMs, toMs }), ...rest }, signal),
      );
    },
    async histogram({ zone, interval = "auto", ...scope }, signal) {
      return jsonOf<HistogramAnswer>(await post("/v1/histogram", { ...scopeOf(scope), interval, tz: zone }, signal));
    },
    async facets({ fields, limit, ...scope }, signal) {
      const body = { ...scopeOf(scope), fields: fields.join(","), limit };
      return jsonOf<FacetsAnswer>(await post("/v1/facets", body, signal));
    },
    event: async ({ ledger, sequence }, signal) =>
      jsonOf<RecordedEvent>(await get(`/v1/events/${ledger}/${sequence}`, signal)),
    proof: async ({ ledger, sequence }, signal) => bytesOf(await get(`/v1/events/${ledger}/${sequence}/proof`, signal)),
    actions: async (signal) => jsonOf<ActionsAnswer>(await get("/v1/actions", signal)),
    async categories(signal) {
      const { categories } = await jsonOf<{ readonly categories: readonly Category[] }>(
        await get("/v1/categories", signal),
      );
      return categories;
    },
    async exports(signal) {
      const { exports } = await jsonOf<{ readonly exports: readonly ExportJob[] }>(await get("/v1/exports", signal));
      return exports;
    },
    createExport: async (order) => jsonOf<ExportJob>(await post("/v1/exports", order)),
    async deleteExport(id) {
      await call(`/v1/exports/${encodeURIComponent(id)}`, { method: "DELETE" });
    },
    async download(url) {
      const response = await call(url, { method: "GET", timeoutMs: DOWNLOAD_TIMEOUT_MS });
      return whole(() => response.blob());
    },
    // A plain link carries no headers.
    hasCookie: credential.kind === "session" && credential.at === undefined,
    tenant: async (signal) => jsonOf<TenantAnswer>(await get("/v1/tenant", signal)),
    async get<T>(path: string, signal: AbortSignal, at: { readonly project?: string | undefined } = {}) {
      const headers: Record<string, string> = at.project === undefined ? {} : { "cairn-project": at.project };
      return jsonOf<T>(await call(path, { method: "GET", headers }, signal));
    },
    async send<T>(method: string, path: string, { body, csv, at }: SendOptions = {}) {
      const headers: Record<string, string> = {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(csv === undefined ? {} : { "content-type": "text/csv" }),
        ...(at === undefined ? {} : { "cairn-project": at.project }),
        ...(at?.tenant === undefined ? {} : { "cairn-tenant": at.tenant }),
      };
      const response = await call(path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(csv === undefined ? {} : { body: csv }),
      });
      return response.status === 204 ? (undefined as T) : jsonOf<T>(response);
    },
    async text(path, signal) {
      const response = await get(path, signal);
      return whole(() => response.text());
    },
    tile: async (logId, path, signal) => bytesOf(await get(`/log/${encodeURIComponent(logId)}/${path}`, signal)),
    async endSession() {
      await call("/v1/session/end", { method: "POST" });
    },
  };
}

function scopeOf({ query, fromMs, toMs }: Scope): object {
  return {
    q: query,
    ...(fromMs === undefined ? {} : { from: new Date(fromMs).toISOString() }),
    ...(toMs === undefined ? {} : { to: new Date(toMs).toISOString() }),
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
