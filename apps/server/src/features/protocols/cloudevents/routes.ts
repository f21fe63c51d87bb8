import { LIMITS } from "@cairn/event";
import { CLOUDEVENTS_SOURCE, SourceError } from "@cairn/sources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { answerError } from "../../../http/errors.ts";
import { AnswerSchema } from "../../ingest/schema.ts";
import { deliver, type Recorded } from "../deliver.ts";
import { destinationOf } from "../destination.ts";
import { type Fault, faultOf } from "../fault.ts";
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
      // Answers are text already; only errors come as objects.
      serializerCompiler: () => (data) => (typeof data === "string" ? data : JSON.stringify(data)),
    },
    async (request, reply) => {
      const principal = authenticateSender(context, request, { permission: "events:write", credentials: BEARER_ONLY });
      const to = destinationOf(context, request, principal);
      const recorded = await deliver(context, request, {
        ...{ to, dialect: { kind: "cloudevents", headers: headersOf(request) }, wants: "results" },
        defaultSource: CLOUDEVENTS_SOURCE,
      });
      reply.code(statusOf(recorded)).type("application/json; charset=utf-8");
      return reply.send(payloadOf(recorded));
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

/** Headers that may say something of the event. Those that stand more than once say nothing that could be an attribute. */
function headersOf({ headers }: FastifyRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (header): header is [string, string] =>
        typeof header[1] === "string" && (header[0] === "content-type" || header[0].startsWith("ce-")),
    ),
  );
}

function statusOf({ counts }: Recorded): 200 | 207 | 422 {
  const refused = counts.rejected + counts.conflict;
  if (refused === 0) return 200;
  return refused === counts.received ? 422 : 207;
}

/** The results as the HTTP library wants them: bytes as a Buffer. */
function payloadOf({ results = "" }: Recorded): Buffer | string {
  return typeof results === "string" ? results : Buffer.from(results.buffer, results.byteOffset, results.length);
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
