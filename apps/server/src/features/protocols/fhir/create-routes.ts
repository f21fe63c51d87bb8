import { LIMITS } from "@cairn/event";
import { FHIR_SOURCE } from "@cairn/sources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { type RecordResult, resultsOf } from "../../../ingest/deliver.ts";
import { deliver } from "../deliver.ts";
import { destinationOf } from "../destination.ts";
import { admitBody, authenticateSender, BEARER_ONLY } from "../sender.ts";
import { operationOutcome, sendFhir } from "./outcome.ts";
import { resourceId, resourceOf } from "./resource.ts";

/** What of AuditEvents goes in: one by `create`, many in a Bundle. */
export function createRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["protocols"] };
  const writing = { bodyLimit: LIMITS.batchBytes, onRequest: admitBody(context, BEARER_ONLY) };
  const base = () => `${context.url()}/fhir`;

  const record = async (request: FastifyRequest, resource: "AuditEvent" | "Bundle") => {
    const principal = authenticateSender(context, request, { permission: "events:write", credentials: BEARER_ONLY });
    const to = destinationOf(context, request, principal);
    const { results } = await deliver(context, request, {
      ...{ to, dialect: { kind: "fhir", resource }, defaultSource: FHIR_SOURCE, wants: "results" },
    });
    return { results: resultsOf<EntryResult>(results), to };
  };

  app.post(
    "/fhir/AuditEvent",
    { ...writing, schema: { ...meta, summary: "Record an AuditEvent (FHIR R4 create)" } },
    async (request, reply) => {
      const { results, to } = await record(request, "AuditEvent");
      const [result] = results;
      if (result === undefined) throw new Error("BUG: what was sent was not answered");
      const { status, location, outcome } = answerOf(result, base());
      if (location === undefined) return sendFhir(reply.code(status), outcome);
      reply.code(status).header("location", location).header("etag", 'W/"1"');
      const wanted = /\breturn=(\w+)/.exec(String(request.headers.prefer ?? ""))?.[1];
      if (wanted === "OperationOutcome") return sendFhir(reply, outcome);
      if (wanted !== "representation") return reply.send("");
      const [event] = await readBack(context, to.tenantNo, result);
      return event === undefined ? reply.send("") : sendFhir(reply, resourceOf(event));
    },
  );

  app.post(
    "/fhir",
    { ...writing, schema: { ...meta, summary: "Record a Bundle of AuditEvents (FHIR R4 batch)" } },
    async (request, reply) => sendFhir(reply, batchResponse((await record(request, "Bundle")).results, base())),
  );
}

/** What became of an entry. */
interface EntryResult {
  /** Of an entry that is refused whatever its resource is. */
  readonly http_status: number;
}

interface Answer {
  readonly status: number;
  /** Only of what is recorded. */
  readonly location?: string;
  readonly outcome: object;
}

const PHRASES: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  422: "Unprocessable Entity",
};

function answerOf({ status, receipt, error, http_status: entryStatus }: SettledEntry, base: string): Answer {
  if (error !== undefined) {
    const { code, message, pointer } = error;
    if (entryStatus !== undefined) return refused(entryStatus, message);
    const statusCode = code === "conflict" ? 409 : code === "not_found" ? 404 : 422;
    const place = pointer === undefined ? {} : { pointer };
    return { status: statusCode, outcome: operationOutcome({ status: statusCode, code, message, ...place }) };
  }
  const location = receipt === undefined ? {} : { location: `${base}/AuditEvent/${resourceId(receipt)}/_history/1` };
  const isNew = status === "created";
  const message = isNew ? "recorded" : "recorded before";
  return { status: isNew ? 201 : 200, ...location, outcome: operationOutcome({ status: 200, message }, "information") };
}

type SettledEntry = RecordResult & Partial<EntryResult>;

function refused(status: number, message: string): Answer {
  return { status, outcome: operationOutcome({ status, message }) };
}

function batchResponse(results: readonly SettledEntry[], base: string): object {
  const shown = results.map((result) => {
    const { status, location, outcome } = answerOf(result, base);
    return {
      response: {
        status: `${status} ${PHRASES[status] ?? ""}`.trim(),
        ...(location === undefined ? { outcome } : { location, etag: 'W/"1"' }),
      },
    };
  });
  return { resourceType: "Bundle", type: "batch-response", ...(shown.length === 0 ? {} : { entry: shown }) };
}

/** The event of an outcome as it was recorded, which need not be in the search index yet. */
async function readBack(context: ServerContext, tenantNo: number | undefined, { receipt }: RecordResult) {
  if (tenantNo === undefined || receipt === undefined) return [];
  return context.threads.reader.call("events", { tenantNo, places: [receipt] });
}
