import { CairnError, LIMITS } from "@cairn/event";
import { OTLP_SOURCE, type OtlpRejection, otlpJsonAnswer, otlpProtobufAnswer } from "@cairn/sources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { deliver, type Recorded } from "../deliver.ts";
import { destinationOf } from "../destination.ts";
import { faultOf } from "../fault.ts";
import { mediaTypeOf } from "../read-body.ts";
import { admitBody, authenticateSender, BEARER_ONLY } from "../sender.ts";
import { otlpStatus, otlpStatusBytes } from "./status.ts";

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";

/** OTLP/HTTP logs (OTLP 1.x): `POST /v1/logs` in JSON or protocol buffers. `docs/sources/otlp.md` has the mapping. */
export function otlpRoutes(app: FastifyInstance, context: ServerContext): void {
  app.setErrorHandler(answerFault);
  app.post(
    "/v1/logs",
    {
      bodyLimit: LIMITS.batchBytes,
      schema: { summary: "Record OpenTelemetry log records (OTLP/HTTP)", tags: ["protocols"] },
      onRequest: admitBody(context, BEARER_ONLY),
    },
    async (request, reply) => {
      const principal = authenticateSender(context, request, { permission: "events:write", credentials: BEARER_ONLY });
      const to = destinationOf(context, request, principal);
      const encoding = encodingOf(request);
      const rejection = rejectionOf(
        await deliver(context, request, {
          ...{ to, dialect: { kind: "otlp", encoding }, defaultSource: OTLP_SOURCE, wants: "numbers" },
        }),
      );
      return encoding === "protobuf"
        ? reply.type(PROTOBUF).send(Buffer.from(otlpProtobufAnswer(rejection)))
        : reply.type(JSON_TYPE).send(otlpJsonAnswer(rejection));
    },
  );
}

function encodingOf(request: FastifyRequest): "json" | "protobuf" {
  const type = mediaTypeOf(request);
  if (type === JSON_TYPE) return "json";
  if (type === PROTOBUF || type === "application/protobuf") return "protobuf";
  throw new CairnError("content_type_unsupported", `OTLP comes as ${JSON_TYPE} or ${PROTOBUF}`);
}

/** Partial success: the exporter must not send these again, and whoever runs it should know why. */
function rejectionOf({ counts, firstFault }: Recorded): OtlpRejection | undefined {
  if (firstFault === undefined) return undefined;
  const { code, message, place } = firstFault;
  const where = place.pointer === undefined ? "" : ` at ${place.pointer}`;
  return { rejected: counts.rejected + counts.conflict, message: `${code}${where}: ${message}` };
}

/** Disk full is for operators; to exporters it is what they may try again after. */
const STATUS_OF: Readonly<Record<number, number>> = { 507: 503 };

function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message } = faultOf(error, request, reply);
  const answered = STATUS_OF[status] ?? status;
  const body = otlpStatus(answered, message);
  reply.code(answered);
  return mediaTypeOf(request).endsWith("protobuf")
    ? reply.type(PROTOBUF).send(Buffer.from(otlpStatusBytes(body)))
    : reply.type(JSON_TYPE).send(JSON.stringify(body));
}
