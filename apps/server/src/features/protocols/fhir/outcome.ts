import { SourceError } from "@cairn/sources";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Fault, faultOf } from "../fault.ts";

/** The media type of FHIR in JSON. */
export const FHIR_JSON = "application/fhir+json; charset=utf-8";

/** Codes of issues (FHIR R4, issue-type) by HTTP status. */
const ISSUE_CODES: Readonly<Record<number, string>> = {
  400: "invalid",
  401: "login",
  403: "forbidden",
  404: "not-found",
  406: "not-supported",
  408: "timeout",
  409: "conflict",
  413: "too-long",
  415: "not-supported",
  422: "invalid",
  429: "throttled",
  500: "exception",
  503: "transient",
  507: "no-store",
};

/** A refusal that only FHIR has a status for. */
export class FhirError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "FhirError";
    this.status = status;
  }
}

/** Writes an OperationOutcome with one issue. */
export function operationOutcome(
  { status, code, message, pointer }: Pick<Fault, "status" | "message" | "pointer"> & { readonly code?: string },
  severity: "error" | "information" = "error",
): object {
  const expression = pointer === undefined || pointer === "" ? {} : { expression: [expressionOf(pointer)] };
  return {
    resourceType: "OperationOutcome",
    issue: [
      {
        severity,
        code: severity === "information" ? "informational" : (ISSUE_CODES[status] ?? "processing"),
        ...(code === undefined ? {} : { details: { text: code } }),
        diagnostics: message,
        ...expression,
      },
    ],
  };
}

/** FHIRPath of a JSON Pointer into an AuditEvent. */
function expressionOf(pointer: string): string {
  const steps = pointer.slice(1).split("/");
  return steps.reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : `${path}.${step}`), "AuditEvent");
}

/** Answers whatever was thrown with an OperationOutcome. */
export function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault =
    error instanceof FhirError ? { status: error.status, message: error.message } : faultOf(error, request, reply);
  // The body can be read, and is not what it should be.
  const status = fault.status === 400 && isMisshapen(error) ? 422 : fault.status;
  return sendFhir(reply.code(status), operationOutcome({ ...fault, status }));
}

function isMisshapen(error: unknown): boolean {
  return error instanceof SourceError && error.code === "shape_invalid";
}

/** Sends a resource. */
export function sendFhir(reply: FastifyReply, resource: object): FastifyReply {
  return reply.type(FHIR_JSON).send(JSON.stringify(resource));
}
