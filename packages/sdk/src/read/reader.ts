import type { RecordedEvent } from "@cairn/event";
import { type BundleId, entriesPath, type TileId, tilePath } from "@cairn/merkle";
import type { RetryPolicy } from "../http/backoff.ts";
import { type HttpCall, parseAnswer, type Transport } from "../http/transport.ts";
import { type RetryListener, withRetries } from "../http/with-retries.ts";
import type { ActionDefinition, Catalog, StoredAction } from "./catalog.ts";
import { type ChangePage, type ChangesQuery, followChanges } from "./changes.ts";
import type {
  EventPage,
  EventQuery,
  FacetQuery,
  Facets,
  Histogram,
  HistogramQuery,
  LedgerPosition,
} from "./event-query.ts";
import { downloadOf, type ExportDownload, type ExportJob, type ExportRequest } from "./exports.ts";
import { type LogId, logFilePath, type TenantInfo } from "./log-files.ts";

/** The side of the client that reads. Queries go in bodies, so that nothing of them stands in an access log. */
export interface Reader {
  /** One page of events. */
  search(query?: EventQuery): Promise<EventPage>;
  /** All events that a query finds, page by page as they are asked for. */
  events(query?: EventQuery): AsyncGenerator<RecordedEvent, void, undefined>;
  /** One event by its place in the log, or by id (and `source` where several use one id); undefined when there is none. */
  event(which: LedgerPosition | { readonly id: string; readonly source?: string }): Promise<RecordedEvent | undefined>;
  /** The log in order of sequence, page by page; waits for what comes unless `waitSeconds` is 0. */
  changes(query?: ChangesQuery): AsyncGenerator<ChangePage, void, undefined>;
  facets(query: FacetQuery): Promise<Facets>;
  histogram(query?: HistogramQuery): Promise<Histogram>;
  readonly exports: {
    create(request: ExportRequest): Promise<ExportJob>;
    get(id: string): Promise<ExportJob>;
    list(): Promise<readonly ExportJob[]>;
    remove(id: string): Promise<void>;
    /** The file from a byte on; with `etag`, from the beginning when the file is another by now. */
    download(id: string, range?: DownloadRange): Promise<ExportDownload>;
  };
  readonly catalog: {
    list(): Promise<Catalog>;
    get(action: string): Promise<StoredAction | undefined>;
    put(action: string, definition: ActionDefinition): Promise<StoredAction>;
  };
  tenant(): Promise<TenantInfo>;
  /** Text of the C2SP `.tlog-proof` of an event. */
  proof(position: LedgerPosition): Promise<string>;
  /** The newest signed checkpoint of a log, as it was signed; undefined when there is none yet. */
  checkpoint(log: LogId): Promise<Uint8Array | undefined>;
  /** A hash tile; undefined when the log has not got it. */
  tile(log: LogId, tile: TileId): Promise<Uint8Array | undefined>;
  /** A bundle of entries; undefined when the log has not got it. */
  entries(log: LogId, bundle: BundleId): Promise<Uint8Array | undefined>;
}

/** A part of a file. */
export interface DownloadRange {
  readonly fromByte?: number;
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

const JSON_TYPE = "application/json";

/** Makes the reading side of a client. */
export function createReader(
  transport: Transport,
  options: { readonly readRetry: RetryPolicy; readonly onRetry: RetryListener | undefined },
): Reader {
  function json<T>(call: HttpCall): Promise<T> {
    return retrying(() => transport.json<T>(call), call.signal);
  }

  function retrying<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return withRetries(call, { policy: options.readRetry, signal, onRetry: options.onRetry });
  }

  /** Reads a file of a log, or anything else that may not be there. */
  function file(path: string): Promise<Uint8Array | undefined> {
    return retrying(async () => {
      const answer = await transport.send({ method: "GET", path, accept: [404] });
      return answer.status === 404 ? undefined : answer.bytes;
    }, undefined);
  }

  async function maybe<T>(call: HttpCall): Promise<T | undefined> {
    const answer = await retrying(() => transport.send({ ...call, accept: [404] }), call.signal);
    return answer.status === 404 ? undefined : parseAnswer<T>(answer);
  }

  function search(query: EventQuery = {}): Promise<EventPage> {
    const { signal, ...body } = query;
    return json({ method: "POST", path: "/v1/events/search", body: jsonBody(body), signal });
  }

  function changesPage(query: ChangesQuery): Promise<ChangePage> {
    const { after, q, limit, waitSeconds, signal } = query;
    return json({
      method: "GET",
      path: "/v1/changes",
      query: { after, q, limit, wait_seconds: waitSeconds },
      extraTimeoutMs: (waitSeconds ?? 0) * 1_000,
      signal,
    });
  }

  async function* events(query: EventQuery = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    let page = await search(query);
    yield* page.events;
    while (page.next !== null) {
      page = await search({ ...query, cursor: page.next });
      yield* page.events;
    }
  }

  return {
    search,
    events,
    event: (which) =>
      "id" in which
        ? maybe({ method: "GET", path: `/v1/events/${segment(which.id)}`, query: { source: which.source } })
        : maybe({ method: "GET", path: `/v1/events/${which.ledger}/${which.sequence}` }),
    changes: (query = {}) => followChanges((page) => changesPage({ ...page, ...signalOf(query) }), query),
    facets({ signal, ...query }) {
      return json({ method: "POST", path: "/v1/facets", body: jsonBody(facetBody(query)), signal });
    },
    histogram({ signal, ...query } = {}) {
      return json({ method: "POST", path: "/v1/histogram", body: jsonBody(query), signal });
    },
    exports: {
      create: (request) => json({ method: "POST", path: "/v1/exports", body: jsonBody(request) }),
      get: (id) => json({ method: "GET", path: `/v1/exports/${segment(id)}` }),
      async list() {
        const { exports } = await json<{ readonly exports: readonly ExportJob[] }>({
          method: "GET",
          path: "/v1/exports",
        });
        return exports;
      },
      async remove(id) {
        const path = `/v1/exports/${segment(id)}`;
        await retrying(() => transport.send({ method: "DELETE", path }), undefined);
      },
      async download(id, { fromByte = 0, etag, signal } = {}) {
        const headers: Record<string, string> = fromByte === 0 ? {} : { range: `bytes=${fromByte}-` };
        if (fromByte > 0 && etag !== undefined) headers["if-range"] = etag;
        const path = `/v1/exports/${segment(id)}/file`;
        return downloadOf(await transport.stream({ method: "GET", path, headers, signal }), fromByte);
      },
    },
    catalog: {
      list: () => json({ method: "GET", path: "/v1/actions" }),
      get: (action) => maybe({ method: "GET", path: `/v1/actions/${segment(action)}` }),
      put: (action, definition) =>
        json({ method: "PUT", path: `/v1/actions/${segment(action)}`, body: jsonBody(definition) }),
    },
    tenant: () => json({ method: "GET", path: "/v1/tenant" }),
    async proof({ ledger, sequence }) {
      const path = `/v1/events/${ledger}/${sequence}/proof`;
      const answer = await retrying(() => transport.send({ method: "GET", path }), undefined);
      return Buffer.from(answer.bytes).toString();
    },
    checkpoint: (log) => file(logFilePath(log, "checkpoint")),
    tile: (log, { level, index, width }) => file(logFilePath(log, tilePath(level, index, width))),
    entries: (log, { index, width }) => file(logFilePath(log, entriesPath(index, width))),
  };
}

function jsonBody(value: unknown): NonNullable<HttpCall["body"]> {
  return { contentType: JSON_TYPE, bytes: Buffer.from(JSON.stringify(value)) };
}

function facetBody({ fields, ...rest }: Omit<FacetQuery, "signal">): Record<string, unknown> {
  return { ...rest, fields: fields.join(",") };
}

function signalOf(query: { readonly signal?: AbortSignal }): { readonly signal?: AbortSignal } {
  return query.signal === undefined ? {} : { signal: query.signal };
}

function segment(text: string): string {
  return encodeURIComponent(text);
}
