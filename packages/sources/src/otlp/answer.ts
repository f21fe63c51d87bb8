/** What an exporter is told: how many log records were refused, and why. */
export interface OtlpRejection {
  readonly rejected: number;
  readonly message: string;
}

/** Writes an `ExportLogsServiceResponse` in JSON; without a refusal it is an empty object. */
export function otlpJsonAnswer(rejection: OtlpRejection | undefined): string {
  if (rejection === undefined) return "{}";
  const { rejected, message } = rejection;
  return JSON.stringify({ partialSuccess: { rejectedLogRecords: String(rejected), errorMessage: message } });
}

/** Writes an `ExportLogsServiceResponse` in protocol buffers. */
export function otlpProtobufAnswer(rejection: OtlpRejection | undefined): Uint8Array {
  if (rejection === undefined) return new Uint8Array(0);
  const message = Buffer.from(rejection.message);
  const partial = [0x08, ...varint(rejection.rejected), 0x12, ...varint(message.length), ...message];
  return Uint8Array.from([0x0a, ...varint(partial.length), ...partial]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
