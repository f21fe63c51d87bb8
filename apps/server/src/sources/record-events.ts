import { CairnError, LIMITS, type Receipt } from "@cairn/event";
import type { ServerContext } from "../context.ts";
import type { IngestAnswer, IngestRequest } from "../ingest/ingest-api.ts";
import { pickThread } from "../ingest/pick-thread.ts";
import { movedWith, sendBytes } from "../threads/sent-bytes.ts";
import type { RecordPlace } from "./folder/map-records.ts";

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
  /** Of files: where each event stands, kept with what is refused. */
  readonly places?: readonly RecordPlace[];
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

/**
 * Records translated events by the way of all events, in as many batches as they need; each is durable when its result is
 * given. Results stand in the order of the events. An event that is refused is refused alone, and kept for its owner.
 * @throws CairnError ledger_stopped, overloaded, disk_full …: then some may have been recorded, and sending all of them again is safe
 */
export async function recordEvents(context: ServerContext, request: RecordRequest): Promise<RecordResult[]> {
  const why = context.stopped();
  if (why !== undefined) throw new CairnError("ledger_stopped", why, { retryAfterSeconds: 60 });
  const results: RecordResult[] = [];
  for (const { body, from, to } of batchesOf(request.events)) {
    const { places } = request;
    const job = jobOf(body, places === undefined ? request : { ...request, places: places.slice(from, to) });
    const answer = await pickThread(context.threads).call("ingest", job, movedWith(job.body));
    context.metrics.count("cairn_events_total", answer.events);
    context.metrics.count("cairn_events_recorded_total", answer.recorded);
    results.push(...resultsOf(answer));
  }
  return results;
}

function jobOf(body: Buffer, request: RecordRequest): IngestRequest {
  return {
    body: sendBytes(body),
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
    ...(request.places === undefined ? {} : { origins: request.places }),
  };
}

/** Some of the events: those from one index up to another. */
interface Batch {
  readonly body: Buffer;
  readonly from: number;
  readonly to: number;
}

/** Bodies of at most as many events and bytes as a batch may have. */
function* batchesOf(events: readonly object[]): Generator<Batch> {
  let texts: string[] = [];
  let bytes = FRAME_BYTES;
  let from = 0;
  for (const [i, event] of events.entries()) {
    const text = JSON.stringify(event);
    const length = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && (texts.length === LIMITS.batchEvents || bytes + length > LIMITS.batchBytes)) {
      yield { body: bodyOf(texts), from, to: i };
      texts = [];
      bytes = FRAME_BYTES;
      from = i;
    }
    texts.push(text);
    bytes += length;
  }
  if (texts.length > 0) yield { body: bodyOf(texts), from, to: events.length };
}

function bodyOf(texts: readonly string[]): Buffer {
  return Buffer.from(`[${texts.join(",")}]`);
}

function resultsOf({ body }: IngestAnswer): RecordResult[] {
  const text = typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  return (JSON.parse(text) as { readonly results: RecordResult[] }).results;
}
