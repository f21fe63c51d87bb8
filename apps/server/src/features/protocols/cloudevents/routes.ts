import { LIMITS } from "@cairn/event";
import { cloudEventsMapping, readCloudEvents, SourceError } from "@cairn/sources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { answerError } from "../../../http/errors.ts";
import { AnswerSchema } from "../../ingest/schema.ts";
import { type Delivered, deliver } from "../deliver.ts";
import { destinationOf } from "../destination.ts";
import { type Fault, faultOf } from "../fault.ts";
import { readBody } from "../read-body.ts";
import { admitBody, authenticateSender, BEARER_ONLY } from "../sender.ts";

/** CloudEvents 1.0 over HTTP: structured, batch and binary. `docs/sources/cloudevents.md` has the mapping. */
export function cloudEventsRoutes(app: FastifyInstance, context: ServerContext): void {
  app.setErrorHandler(answerFault);
  app.post(
    "/v1/cloudevents",
    {
      bodyLimit: LIMITS.batchBytes,
      schema: {
        summary: "Record CloudEvents",
        tags: ["protocols"],
        response: { 200: AnswerSchema, 207: AnswerSchema, 422: AnswerSchema },
      },
      onRequest: admitBody(context, BEARER_ONLY),
    },
    async (request, reply) => {
      const principal = authenticateSender(context, request, { permission: "events:write", credentials: BEARER_ONLY });
      const to = destinationOf(context, request, principal);
      const items = readCloudEvents({ headers: headersOf(request), body: readBody(request) });
      const delivered = await deliver(context, { mapping: cloudEventsMapping, items, to });
      return reply.code(statusOf(delivered)).send({ results: delivered.map(presented) });
    },
  );

  // Web hooks for event delivery (1.0.2, §4): a sender asks before it sends. Whoever has a key may; who has none is refused then.
  app.options("/v1/cloudevents", { schema: { hide: true } }, (request, reply) => {
    const origin = request.headers["webhook-request-origin"];
    reply.header("allow", "POST, OPTIONS");
    if (typeof origin === "string") reply.header("webhook-allowed-origin", origin).header("webhook-allowed-rate", "*");
    return reply.code(200).send("");
  });
}

/** Headers that stand more than once say nothing that could be an attribute. */
function headersOf({ headers }: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : undefined]),
  );
}

function statusOf(delivered: readonly Delivered[]): 200 | 207 | 422 {
  const refused = delivered.filter(({ kind }) => kind === "refused").length;
  if (refused === 0) return 200;
  return refused === delivered.length ? 422 : 207;
}

function presented(delivered: Delivered): object {
  switch (delivered.kind) {
    case "recorded":
      return delivered.result;
    case "skipped":
      return { status: "rejected", error: { code: "shape_invalid", message: delivered.reason } };
    case "refused":
      return { status: "rejected", error: delivered.fault };
  }
}

/** The path is Cairn's own, and so are its errors. */
function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(error instanceof SourceError)) return answerError(error, request, reply);
  const { status, code, message, pointer }: Fault = faultOf(error, request, reply);
  const isUnknownType = code === "shape_invalid";
  return reply.code(isUnknownType ? 415 : status).send({
    error: { code, message, ...(pointer === undefined ? {} : { pointer }), ...error.place, request_id: request.id },
  });
}
