import type { Socket } from "node:net";
import { ERRORS, type ErrorCode } from "@cairn/event";

interface Refusal {
  readonly code: ErrorCode;
  readonly status: string;
  readonly message: string;
}

const NONSENSE: Refusal = { code: "parameter_invalid", status: "400 Bad Request", message: "this is no HTTP request" };

const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: "body_timeout",
    status: "408 Request Timeout",
    message: "the request did not arrive in time",
  },
  HPE_HEADER_OVERFLOW: {
    code: "parameter_invalid",
    status: "431 Request Header Fields Too Large",
    message: "the request line and the headers are too long",
  },
};

/** Answers what is not a request, or never became a whole one: there is none to answer by the ordinary way. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const { code, status, message } = REFUSALS[error.code ?? ""] ?? NONSENSE;
  const body = JSON.stringify({ error: { code, message, fix: ERRORS[code].fix } });
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy());
}
