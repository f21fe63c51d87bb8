import type { Json } from "@cairn/event";

// Writes an `ExportLogsServiceRequest` (opentelemetry-proto 1.x) in protocol buffers, as most exporters send it.

const [VARINT, FIXED64, BYTES] = [0, 1, 2];

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

const tag = (number: number, wireType: number): Buffer => varint(number * 8 + wireType);

function bytesField(number: number, content: string | Buffer): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([tag(number, BYTES), varint(bytes.length), bytes]);
}

function fixed64Field(number: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(8);
  write(bytes);
  return Buffer.concat([tag(number, FIXED64), bytes]);
}

function anyValue(value: Json): Buffer {
  if (typeof value === "string") return bytesField(1, value);
  if (typeof value === "boolean") return Buffer.concat([tag(2, VARINT), varint(value ? 1 : 0)]);
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value >= 0
      ? Buffer.concat([tag(3, VARINT), varint(value)])
      : fixed64Field(4, (bytes) => void bytes.writeDoubleLE(value));
  if (Array.isArray(value))
    return bytesField(5, Buffer.concat(value.map((item: Json) => bytesField(1, anyValue(item)))));
  return bytesField(6, keyValues(1, value as Readonly<Record<string, Json>>));
}

function keyValues(number: number, object: Readonly<Record<string, Json>>): Buffer {
  const pairs = Object.entries(object).filter(([, value]) => value !== null && value !== undefined);
  return Buffer.concat(
    pairs.map(([key, value]) =>
      bytesField(number, Buffer.concat([bytesField(1, key), bytesField(2, anyValue(value))])),
    ),
  );
}

/** A log record as far as it is written. */
export interface WrittenRecord {
  readonly timeMs: number;
  readonly eventName: string;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly body: Json;
}

function logRecord({ timeMs, eventName, attributes, body }: WrittenRecord): Buffer {
  return Buffer.concat([
    fixed64Field(1, (bytes) => void bytes.writeBigUInt64LE(BigInt(timeMs) * 1_000_000n)),
    bytesField(5, anyValue(body)),
    keyValues(6, attributes),
    bytesField(12, eventName),
  ]);
}

/** Writes a request of one resource and one scope. */
export function otlpRequest(resource: Readonly<Record<string, Json>>, records: readonly WrittenRecord[]): Buffer {
  const scopeLogs = Buffer.concat(records.map((record) => bytesField(2, logRecord(record))));
  return bytesField(1, Buffer.concat([bytesField(1, keyValues(1, resource)), bytesField(2, scopeLogs)]));
}
