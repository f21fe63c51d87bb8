import { CairnError, LIMITS, type Receipt } from "@cairn/event";
import type { ServerContext } from "../context.ts";
import type { IngestAnswer, IngestRequest } from "../ingest/ingest-api.ts";

/** Events for the log that did not come as `POST /v1/events` wants them: an adapter has translated them. */
export interface RecordRequest {
  /** As `POST /v1/events` takes them. */
  readonly events: readonly object[];
  /** Who sends: the id of an API key or of a source. Limits are counted by it. */
  readonly senderId: string;
  readonly projectNo: number;
  /** Undefined: each event names its own tenant. */
  readonly tenantNo: number | undefined;
  readonly canCreateTenants?: boolean;
  /** Source of events that name none. */
  readonly defaultSource: string;
  /** Id of the configured source they came by: what is refused is kept with it. */
  readonly sourceId?: string;
}

/** What became of one event. */
export interface RecordResult {
  readonly status: "created" | "duplicate" | "conflict" | "rejected";
  readonly id?: string;
  readonly receipt?: Receipt;
  readonly error?: { readonly code: string; readonly message: string; readonly pointer?: string };
}

/** Room for what a batch adds around its events. */
const FRAME_BYTES = 64;
let next = 0;

/**
 * Records translated events by the way of all events, in as many batches as they need; each is durable when its result is
 * given. Results stand in the order of the events. An event that is refused is refused alone, and kept for its owner.
 * @throws CairnError ledger_stopped, overloaded, disk_full …: then some may have been recorded, and sending all of them again is safe
 */
export async function recordEvents(context: ServerContext, request: RecordRequest): Promise<RecordResult[]> {
  const why = context.stopped();
  if (why !== undefined) throw new CairnError("ledger_stopped", why, { retryAfterSeconds: 60 });
  const results: RecordResult[] = [];
  for (const body of batchesOf(request.events)) {
    const thread = context.threads.ingest[next++ % context.threads.ingest.length]!;
    const answer = await thread.call("ingest", jobOf(body, request));
    context.metrics.count("cairn_events_total", answer.events);
    context.metrics.count("cairn_events_recorded_total", answer.recorded);
    results.push(...resultsOf(answer));
  }
  return results;
}

function jobOf(body: Buffer, request: RecordRequest): IngestRequest {
  return {
    body,
    encoding: "identity",
    format: "json",
    keyId: request.senderId,
    projectNo: request.projectNo,
    tenantNo: request.tenantNo,
    isProjectKey: request.tenantNo === undefined,
    canCreateTenants: request.canCreateTenants ?? false,
    atomic: false,
    idempotencyKey: undefined,
    wantsPlaces: false,
    defaultSource: request.defaultSource,
    ...(request.sourceId === undefined ? {} : { sourceId: request.sourceId }),
  };
}

/** Bodies of at most as many events and bytes as a batch may have. */
function* batchesOf(events: readonly object[]): Generator<Buffer> {
  let texts: string[] = [];
  let bytes = FRAME_BYTES;
  for (const event of events) {
    const text = JSON.stringify(event);
    const length = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && (texts.length === LIMITS.batchEvents || bytes + length > LIMITS.batchBytes)) {
      yield bodyOf(texts);
      texts = [];
      bytes = FRAME_BYTES;
    }
    texts.push(text);
    bytes += length;
  }
  if (texts.length > 0) yield bodyOf(texts);
}

function bodyOf(texts: readonly string[]): Buffer {
  return Buffer.from(`[${texts.join(",")}]`);
}

function resultsOf({ body }: IngestAnswer): RecordResult[] {
  const text = typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  return (JSON.parse(text) as { readonly results: RecordResult[] }).results;
}
