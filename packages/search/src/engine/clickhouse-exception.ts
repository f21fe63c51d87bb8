/**
 * ClickHouse's exceptions as its HTTP interface shows them.
 *
 * The numbers are ClickHouse's own (`ErrorCodes.cpp`; `SELECT errorCodeToName(n)` gives the names), so a caller sees the
 * same `ClickHouseError.code` from the embedded engine and from a cluster.
 */
export const EXCEPTION_CODE = {
  UNSUPPORTED_METHOD: 1,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  BAD_REQUEST_PARAMETER: 36,
  TIMEOUT_EXCEEDED: 159,
  QUERY_IS_TOO_LARGE: 168,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  NETWORK_ERROR: 210,
  NOT_ENOUGH_SPACE: 243,
  CANNOT_DECOMPRESS: 271,
  TOO_MANY_BYTES: 307,
  INTO_OUTFILE_NOT_ALLOWED: 358,
  UNKNOWN_QUERY_PARAMETER: 456,
  AUTHENTICATION_FAILED: 516,
  STD_EXCEPTION: 1001,
} as const;

/** Carries one exception to the client: code, upper-case type name, message without trailing type, HTTP status. */
export class ClickHouseException extends Error {
  override readonly name = "ClickHouseException";
  readonly code: number;
  readonly type: string;
  readonly status: number;

  constructor(details: { code: number; type: string; message: string; status?: number }) {
    super(details.message);
    this.code = details.code;
    this.type = details.type;
    this.status = details.status ?? statusOf(details.code);
  }
}

/** Makes an exception by the name of its code. */
export function exception(
  type: keyof typeof EXCEPTION_CODE,
  message: string,
  options: { status?: number } = {},
): ClickHouseException {
  return new ClickHouseException({ code: EXCEPTION_CODE[type], type: TYPE_NAMES[type] ?? type, message, ...options });
}

const TYPE_NAMES: Partial<Record<keyof typeof EXCEPTION_CODE, string>> = { BAD_REQUEST_PARAMETER: "BAD_ARGUMENTS" };

/** Renders the text of the response body; the official client reads code, message and type back out of it. */
export function exceptionText(error: ClickHouseException): string {
  return `Code: ${error.code}. DB::Exception: ${error.message.replace(/[.\s]+$/, "")}. (${error.type})\n`;
}

/**
 * Renders the frame that ends a response which failed after its first byte, as ClickHouse does since 25.11.
 *
 * @param tag the value sent before in the header `X-ClickHouse-Exception-Tag`
 */
export function exceptionFrame(error: ClickHouseException, tag: string): Buffer {
  const text = exceptionText(error);
  return Buffer.from(`\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`);
}

/**
 * Turns whatever the engine threw into an exception.
 *
 * Errors from the parser of inserted files arrive wrapped in themselves and name the spool file; the outer shells and
 * `hiddenPaths` are taken out.
 */
export function toClickHouseException(error: unknown, hiddenPaths: readonly string[] = []): ClickHouseException {
  if (error instanceof ClickHouseException) return error;
  let text = (error instanceof Error ? error.message : String(error)).trim();
  for (const path of hiddenPaths) text = text.replaceAll(path, "(request)");
  const outer = /^Code: (\d+)\. DB::Exception: (.*)\(([A-Z][A-Z0-9_]+)\)$/s.exec(text);
  if (outer === null) return exception("STD_EXCEPTION", text === "" ? "unknown error" : text, { status: 500 });
  const [, code = "0", , type = ""] = outer;
  let [, , message = ""] = outer;
  for (let inner = SHELL.exec(message); inner !== null; inner = SHELL.exec(message)) message = inner[1] ?? "";
  return new ClickHouseException({ code: Number(code), type, message: message.trim() });
}

const SHELL = /^Code: \d+\. DB::Exception: (.*)\([A-Z][A-Z0-9_]+\) \(version [^)]*\)[.\s]*$/s;

/** Follows ClickHouse's own mapping (`HTTPHandler`, `exceptionCodeToHTTPStatus`) for the codes a client can meet. */
function statusOf(code: number): number {
  if (code === EXCEPTION_CODE.AUTHENTICATION_FAILED) return 403;
  if (NOT_FOUND_CODES.has(code)) return 404;
  if (BAD_REQUEST_CODES.has(code)) return 400;
  if (code === EXCEPTION_CODE.TIMEOUT_EXCEEDED) return 408;
  if (code === EXCEPTION_CODE.QUERY_IS_TOO_LARGE || code === EXCEPTION_CODE.TOO_MANY_BYTES) return 413;
  if (code === EXCEPTION_CODE.NOT_IMPLEMENTED) return 501;
  if (code === EXCEPTION_CODE.TOO_MANY_SIMULTANEOUS_QUERIES) return 503;
  if (code === EXCEPTION_CODE.NOT_ENOUGH_SPACE) return 507;
  return 500;
}

const NOT_FOUND_CODES = new Set([16, 46, 47, 50, 56, 60, 73, 81, 115]);
const BAD_REQUEST_CODES = new Set([
  6, 26, 27, 32, 33, 36, 38, 41, 42, 43, 53, 62, 69, 70, 72, 117, 167, 271, 358, 456, 457,
]);
