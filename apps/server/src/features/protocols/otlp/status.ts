/** Codes of gRPC by HTTP status, as far as this server answers them. */
const GRPC_CODES: Readonly<Record<number, number>> = {
  401: 16, // unauthenticated
  403: 7, // permission denied
  404: 5, // not found
  408: 4, // deadline exceeded
  429: 8, // resource exhausted
  500: 13, // internal
  503: 14, // unavailable
};
const INVALID_ARGUMENT = 3;

/** What an exporter is told about a request that failed as a whole: `google.rpc.Status` (OTLP 1.x, Failures). */
export interface OtlpStatus {
  readonly code: number;
  readonly message: string;
}

/** Gives the status message that goes with an HTTP status. */
export function otlpStatus(httpStatus: number, message: string): OtlpStatus {
  return { code: GRPC_CODES[httpStatus] ?? INVALID_ARGUMENT, message };
}

/** Writes a status in protocol buffers: field 1 the code, field 2 the message. */
export function otlpStatusBytes({ code, message }: OtlpStatus): Uint8Array {
  const text = Buffer.from(message);
  return Buffer.concat([Buffer.from([0x08, code, 0x12, ...lengthOf(text.length)]), text]);
}

function lengthOf(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
