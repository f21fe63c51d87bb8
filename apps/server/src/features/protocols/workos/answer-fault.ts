import { CairnError } from "@cairn/event";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { RecordFault } from "../../../ingest/delivery.ts";
import { faultOf } from "../fault.ts";

/** What WorkOS says of an event that it does not take. */
const NOT_PROCESSED = "Audit Log could not be processed due to missing or incorrect data.";

/** Turns the refusal of an event into that of its request: it holds no other. */
export function refusal({ code, message, place }: RecordFault): CairnError {
  // Whose an organization is, and whether there is one, nobody else is told.
  if (code === "not_found" || code === "tenant_unexpected") return noOrganization();
  if (code === "conflict") return new CairnError("conflict", message, place);
  return new CairnError("parameter_invalid", message, place);
}

/** What is said of an organization that is not there, and of one that is somebody else's. */
export function noOrganization(): CairnError {
  return new CairnError("not_found", "there is no such organization");
}

/** Answers in the form that WorkOS's clients turn into their exceptions. */
export function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, code, message, pointer } = faultOf(error, request, reply);
  reply.header("x-request-id", request.id).code(status);
  // Their client takes anything with `error` for OAuth's.
  if (status === 401) return reply.send({ message: "Unauthorized" });
  if (status !== 400 && status !== 422) return reply.send({ code, message });
  const field = (pointer ?? "").slice(1).replaceAll("/", ".");
  return reply.send({ code, message: NOT_PROCESSED, errors: [{ field, code, message }] });
}
