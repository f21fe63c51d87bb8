import { LIMITS } from "@cairn/event";
import { fhirAuditMapping, type JsonObject, type ReadItem } from "@cairn/sources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { type Delivered, deliver } from "../deliver.ts";
import { destinationOf } from "../destination.ts";
import { readBody } from "../read-body.ts";
import { admitBody, authenticateSender, BEARER_ONLY } from "../sender.ts";
import { entriesOf, type SentEntry } from "./bundle.ts";
import { FhirError, operationOutcome, sendFhir } from "./outcome.ts";
import { readResource } from "./read-resource.ts";
import { resourceId, resourceOf } from "./resource.ts";

/** What of AuditEvents goes in: one by `create`, many in a Bundle. */
export function createRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["protocols"] };
  const writing = { bodyLimit: LIMITS.batchBytes, onRequest: admitBody(context, BEARER_ONLY) };
  const base = () => `${context.url()}/fhir`;

  const record = async (request: FastifyRequest, resources: readonly JsonObject[]) => {
    const principal = authenticateSender(context, request, { permission: "events:write", credentials: BEARER_ONLY });
    const to = destinationOf(context, request, principal);
    const delivered = await deliver(context, { mapping: fhirAuditMapping, items: resources.map(itemOf), to });
    return { delivered, to };
  };

  app.post(
    "/fhir/AuditEvent",
    { ...writing, schema: { ...meta, summary: "Record an AuditEvent (FHIR R4 create)" } },
    async (request, reply) => {
      const resource = readResource(readBody(request));
      if (resource.resourceType !== "AuditEvent")
        throw new FhirError(422, "the resource is not an AuditEvent; a Bundle goes to the base address");
      const { delivered, to } = await record(request, [resource]);
      const { status, location, outcome } = answerOf(delivered[0]!, base());
      if (location === undefined) return sendFhir(reply.code(status), outcome);
      reply.code(status).header("location", location).header("etag", 'W/"1"');
      const wanted = /\breturn=(\w+)/.exec(String(request.headers.prefer ?? ""))?.[1];
      if (wanted === "OperationOutcome") return sendFhir(reply, outcome);
      if (wanted !== "representation") return reply.send("");
      const [event] = await readBack(context, to.tenantNo, delivered[0]!);
      return event === undefined ? reply.send("") : sendFhir(reply, resourceOf(event));
    },
  );

  app.post(
    "/fhir",
    { ...writing, schema: { ...meta, summary: "Record a Bundle of AuditEvents (FHIR R4 batch)" } },
    async (request, reply) => {
      const entries = entriesOf(readResource(readBody(request)));
      const resources = entries.flatMap((entry) => (entry.kind === "resource" ? [entry.resource] : []));
      const { delivered } = await record(request, resources);
      return sendFhir(reply, batchResponse(entries, delivered, base()));
    },
  );
}

function itemOf(record: JsonObject): ReadItem {
  return {
    kind: "record",
    record,
    get text() {
      return JSON.stringify(record);
    },
  };
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

function answerOf(delivered: Delivered, base: string): Answer {
  if (delivered.kind === "skipped") return refused(422, delivered.reason);
  if (delivered.kind === "refused") {
    const { code, message, pointer } = delivered.fault;
    const status = code === "conflict" ? 409 : code === "not_found" ? 404 : 422;
    const place = pointer === undefined ? {} : { pointer };
    return { status, outcome: operationOutcome({ status, code, message, ...place }) };
  }
  const { receipt, status } = delivered.result;
  const location = receipt === undefined ? {} : { location: `${base}/AuditEvent/${resourceId(receipt)}/_history/1` };
  const isNew = status === "created";
  const message = isNew ? "recorded" : "recorded before";
  return { status: isNew ? 201 : 200, ...location, outcome: operationOutcome({ status: 200, message }, "information") };
}

function refused(status: number, message: string): Answer {
  return { status, outcome: operationOutcome({ status, message }) };
}

function batchResponse(entries: readonly SentEntry[], delivered: readonly Delivered[], base: string): object {
  let next = 0;
  const answers = entries.map((entry) =>
    entry.kind === "refused" ? refused(entry.status, entry.message) : answerOf(delivered[next++]!, base),
  );
  const shown = answers.map(({ status, location, outcome }) => ({
    response: {
      status: `${status} ${PHRASES[status] ?? ""}`.trim(),
      ...(location === undefined ? { outcome } : { location, etag: 'W/"1"' }),
    },
  }));
  return { resourceType: "Bundle", type: "batch-response", ...(shown.length === 0 ? {} : { entry: shown }) };
}

/** The event of an outcome as it was recorded, which need not be in the search index yet. */
async function readBack(context: ServerContext, tenantNo: number | undefined, delivered: Delivered) {
  const receipt = delivered.kind === "recorded" ? delivered.result.receipt : undefined;
  if (tenantNo === undefined || receipt === undefined) return [];
  return context.threads.readers[0]!.call("events", { tenantNo, places: [receipt] });
}
