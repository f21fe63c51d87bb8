import { type CairnError, ERRORS, type ErrorCode } from "@cairn/event";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { asCairnError } from "../../http/errors.ts";

/** RingCentral's names for what goes wrong. */
interface RingCentralFault {
  readonly errorCode: string;
  readonly message: string;
  readonly parameterName?: string;
  readonly permissionName?: string;
}

/** An error that RingCentral's API has a code for. */
export class RingCentralError extends Error {
  readonly status: number;
  readonly fault: RingCentralFault;
  /** RFC 6749 §5.2: what the token endpoint says beside. */
  readonly oauthError: string | undefined;

  constructor(status: number, fault: RingCentralFault, options: { readonly oauthError?: string } = {}) {
    super(fault.message);
    this.name = "RingCentralError";
    this.status = status;
    this.fault = fault;
    this.oauthError = options.oauthError;
  }
}

/** The permission that stands for `events:read` there. */
export const READ_AUDIT_TRAIL = "ReadAuditTrail";

/** A value that cannot be meant. */
export function invalidParameter(parameterName: string): RingCentralError {
  const message = `Parameter [${parameterName}] value is invalid`;
  return new RingCentralError(400, { errorCode: "CMN-101", message, parameterName });
}

/** Something that is not there, or is somebody else's. */
export function noSuchResource(parameterName?: string): RingCentralError {
  const which = parameterName === undefined ? "" : ` for parameter [${parameterName}]`;
  return new RingCentralError(404, {
    errorCode: "CMN-102",
    message: `Resource${which} is not found`,
    ...(parameterName === undefined ? {} : { parameterName }),
  });
}

/** A request without a token that is good. */
export function invalidToken(): RingCentralError {
  return new RingCentralError(401, { errorCode: "OAU-213", message: "Token not found" });
}

/** A credential that opens nothing, at the token endpoint. */
export function invalidGrant(): RingCentralError {
  return new RingCentralError(
    400,
    { errorCode: "OAU-213", message: "Token not found" },
    { oauthError: "invalid_grant" },
  );
}

/** A way to sign in that is not offered. */
export function unauthorizedGrant(): RingCentralError {
  const fault = { errorCode: "OAU-251", message: "Unauthorized for this grant type" };
  return new RingCentralError(400, fault, { oauthError: "unauthorized_client" });
}

function missingPermission(permissionName: string): RingCentralError {
  const message = `In order to call this API endpoint, application needs to have [${permissionName}] permission`;
  return new RingCentralError(403, { errorCode: "CMN-401", message, permissionName });
}

/** Turns whatever was thrown into an answer as RingCentral's API gives it. What it has no code for carries Cairn's. */
export function answerRingCentralError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof RingCentralError) return answer(reply, error);
  const known = asCairnError(error);
  if (known.code === "internal") request.log.error({ err: error }, "request failed");
  if (ERRORS[known.code].retryable) reply.header("retry-after", String(known.retryAfterSeconds ?? 1));
  return answer(reply, translated(known, parameterOf(error)));
}

function answer(reply: FastifyReply, { status, fault, oauthError }: RingCentralError): FastifyReply {
  if (status === 401) reply.header("www-authenticate", "Bearer");
  const { errorCode, message, ...place } = fault;
  if (oauthError !== undefined)
    return reply.code(status).send({ error: oauthError, error_description: message, errors: [fault] });
  const outer = status === 401 ? "TokenInvalid" : errorCode;
  return reply.code(status).send({ errorCode: outer, message, errors: [fault], ...place });
}

function translated({ code, message, status }: CairnError, parameterName: string | undefined): RingCentralError {
  switch (code) {
    case "unauthenticated":
      return invalidToken();
    case "forbidden":
      return missingPermission(READ_AUDIT_TRAIL);
    case "not_found":
      return noSuchResource("accountId");
    case "json_invalid":
    case "utf8_invalid":
    case "parameter_invalid":
    case "query_invalid":
      return invalidParameter(parameterName ?? "body");
    default:
      return new RingCentralError(status, { errorCode: WORDS_OF_RINGCENTRAL[code] ?? code, message });
  }
}

const WORDS_OF_RINGCENTRAL: Readonly<Partial<Record<ErrorCode, string>>> = { overloaded: "CMN-301" };

/** Which member of a request its schema refused. */
function parameterOf(error: unknown): string | undefined {
  const [first] = (error as Partial<FastifyError>).validation ?? [];
  const [, name] = /^\/([^/]+)/.exec(first?.instancePath ?? "") ?? [];
  const missing = first?.params.missingProperty;
  return name ?? (typeof missing === "string" ? missing : undefined);
}
