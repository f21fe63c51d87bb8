import { CairnError, LIMITS } from "@cairn/event";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { authenticate } from "../../http/principal.ts";
import { tenantWrittenTo } from "../../http/tenant-written-to.ts";
import type { BodyEncoding } from "../../ingest/decode-body.ts";
import type { IngestAnswer, IngestRequest } from "../../ingest/ingest-api.ts";
import { pickThread } from "../../ingest/pick-thread.ts";
import { movedWith, sendBytes } from "../../threads/sent-bytes.ts";
import { inFlightOf } from "./in-flight.ts";
import { AnswerSchema, QuerySchema, type WriteQuery } from "./schema.ts";

/** How long `wait=` holds an answer: longer than the slowest seal, shorter than proxies wait. */
const WAIT_TIMEOUT_MS = 20_000;
/** What a body of unknown length (chunked) is counted as while it is read. */
const UNKNOWN_LENGTH_BYTES = 1024 * 1024;

/** `POST /v1/events`: the way in. */
export function ingestRoutes(app: FastifyInstance, context: ServerContext): void {
  const inFlight = inFlightOf(context);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: LIMITS.batchBytes }, (_request, body, done) =>
    done(null, body),
  );

  app.post<{ Querystring: WriteQuery; Body: Buffer }>(
    "/v1/events",
    {
      bodyLimit: LIMITS.batchBytes,
      schema: {
        summary: "Record events",
        tags: ["recording"],
        querystring: QuerySchema,
        response: { 200: AnswerSchema, 207: AnswerSchema, 422: AnswerSchema },
      },
      // Authorised before the body is read: a stranger's bytes are not worth a buffer.
      onRequest: async (request, reply) => {
        const why = context.stopped();
        if (why !== undefined) throw new CairnError("ledger_stopped", why, { retryAfterSeconds: 60 });
        authenticate(context, request, "events:write");
        reply.raw.once("close", inFlight.hold(Number(request.headers["content-length"] ?? UNKNOWN_LENGTH_BYTES)));
      },
      // Answers are text already; only errors come as objects.
      serializerCompiler: () => (data) => (typeof data === "string" ? data : JSON.stringify(data)),
    },
    async (request, reply) => {
      const principal = authenticate(context, request, "events:write");
      const job = readRequest(context, request, principal);
      const startedAt = performance.now();
      const answer = await pickThread(context.threads).call("ingest", job, movedWith(job.body));
      context.metrics.count("cairn_events_total", answer.events);
      context.metrics.count("cairn_events_recorded_total", answer.recorded);
      context.metrics.observeSeconds("cairn_acknowledge_seconds", (performance.now() - startedAt) / 1_000);
      return present(context, { request, reply, answer });
    },
  );
}

function readRequest(
  context: ServerContext,
  request: FastifyRequest<{ Querystring: WriteQuery; Body: Buffer }>,
  principal: Principal,
): IngestRequest {
  const { body } = request;
  if (!(body instanceof Uint8Array) || body.length === 0) throw new CairnError("body_empty", "the request has no body");
  const namesTenant = principal.tenantNo !== undefined || request.headers["cairn-tenant"] !== undefined;
  const destined = namesTenant ? tenantWrittenTo(context, request, principal) : { tenantNo: undefined };
  return {
    body: sendBytes(body),
    encoding: readEncoding(request),
    format: readFormat(request),
    keyId: principal.id,
    projectNo: principal.projectNo,
    ...destined,
    isProjectKey: principal.tenantNo === undefined,
    canCreateTenants: principal.permissions.has("tenants:create"),
    atomic: request.query.atomic === true,
    idempotencyKey: readIdempotencyKey(request),
    wantsPlaces: request.query.wait !== undefined,
    defaultSource: "api",
  };
}

function readEncoding(request: FastifyRequest): BodyEncoding {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "gzip" || encoding === "zstd") return encoding;
  throw new CairnError("content_encoding_unsupported", `Content-Encoding ${encoding.slice(0, 40)} is not known here`);
}

function readFormat(request: FastifyRequest): "json" | "ndjson" {
  const type = (request.headers["content-type"] ?? "application/json").split(";")[0]!.trim().toLowerCase();
  if (type === "application/json" || type === "text/json") return "json";
  if (["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"].includes(type))
    return "ndjson";
  throw new CairnError("content_type_unsupported", `Content-Type ${type.slice(0, 60)} is not known here`);
}

function readIdempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new CairnError("idempotency_key_invalid", "the Idempotency-Key is not 1 to 200 visible ASCII characters");
}

interface Presentation {
  readonly request: FastifyRequest<{ Querystring: WriteQuery }>;
  readonly reply: FastifyReply;
  readonly answer: IngestAnswer;
}

async function present(context: ServerContext, { request, reply, answer }: Presentation): Promise<FastifyReply> {
  reply.code(answer.status).type("application/json; charset=utf-8");
  const { wait } = request.query;
  if (wait === undefined || answer.places.length === 0) return reply.send(payloadOf(answer));
  if (wait === "searchable") {
    await Promise.all(answer.places.map((place) => context.search.covering(place, WAIT_TIMEOUT_MS)));
    return reply.send(payloadOf(answer));
  }
  return reply.send(await withProofs(context, answer));
}

/** The body as the HTTP library wants it: bytes as a Buffer. */
function payloadOf({ body }: IngestAnswer): Buffer | string {
  return typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.length);
}

interface AnswerResult {
  readonly receipt?: { readonly ledger: number; readonly sequence: number };
  readonly status: string;
  readonly tenant?: string;
  proof?: string;
}

/** Waits for checkpoints over everything recorded, and adds a proof to each result. */
async function withProofs(context: ServerContext, answer: IngestAnswer): Promise<string> {
  const body = JSON.parse(payloadOf(answer).toString()) as { results: AnswerResult[] };
  for (const { tenantNo } of answer.places) context.threads.sealer.tell("hurry", { tenantNo, log: 0 });
  const heads = await Promise.all(answer.places.map((place) => context.heads.covering(place, WAIT_TIMEOUT_MS)));
  const byTenant = new Map(heads.map((head) => [head.tenantNo, head]));
  for (const result of body.results) {
    if (result.receipt === undefined || result.status === "conflict") continue;
    const tenantNo =
      result.tenant === undefined || heads.length === 1
        ? heads[0]!.tenantNo
        : tenantNoOf(context, result.tenant, byTenant);
    const head = byTenant.get(tenantNo)!;
    const proof = await context.threads.reader.call("proof", {
      tenantNo,
      place: result.receipt,
      checkpoint: head,
    });
    if (proof !== undefined) result.proof = proof;
  }
  return JSON.stringify(body);
}

function tenantNoOf(context: ServerContext, id: string, known: ReadonlyMap<number, unknown>): number {
  for (const no of known.keys()) if (context.side.registry.tenant(no)?.id === id) return no;
  throw new Error(`BUG: tenant ${id} is not among the answer's`);
}
