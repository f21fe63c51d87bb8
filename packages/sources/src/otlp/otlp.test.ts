import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceError } from "../core/source-error.ts";
import { eventsOf, expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { otlpJsonAnswer, otlpProtobufAnswer } from "./answer.ts";
import { decodeOtlpProtobuf } from "./decode-protobuf.ts";
import { otlpMapping } from "./otlp.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { readOtlp } from "./read-otlp.ts";

const json = Buffer.from(sample("otlp/request.json"));

// A writer of the few parts of the wire format that the samples need, apart from the reader.
const varint = (value: bigint): number[] =>
  value > 0x7fn ? [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)] : [Number(value)];
const tag = (number: number, wire: number) => varint(BigInt(number * 8 + wire));
const len = (number: number, bytes: Iterable<number>) => [
  ...tag(number, 2),
  ...varint(BigInt([...bytes].length)),
  ...bytes,
];
const str = (number: number, value: string) => len(number, Buffer.from(value));
const int = (number: number, value: bigint) => [...tag(number, 0), ...varint(BigInt.asUintN(64, value))];
const fixed64 = (number: number, value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return [...tag(number, 1), ...bytes];
};
const double = (number: number, value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...tag(number, 1), ...bytes];
};

type AnyValue = { [key: string]: unknown };
function anyValue(value: AnyValue): number[] {
  const [[kind, inner] = ["", ""]] = Object.entries(value);
  switch (kind) {
    case "stringValue":
      return str(1, inner as string);
    case "boolValue":
      return int(2, inner === true ? 1n : 0n);
    case "intValue":
      return int(3, BigInt(inner as string));
    case "doubleValue":
      return double(4, inner as number);
    case "arrayValue":
      return len(
        5,
        (inner as { values: AnyValue[] }).values.flatMap((each) => len(1, anyValue(each))),
      );
    case "kvlistValue":
      return len(
        6,
        (inner as { values: AnyValue[] }).values.flatMap((each) => len(1, keyValue(each))),
      );
    default:
      return len(7, Buffer.from(inner as string, "base64"));
  }
}
function keyValue(pair: AnyValue): number[] {
  return [...str(1, pair.key as string), ...len(2, anyValue(pair.value as AnyValue))];
}
function logRecord(record: AnyValue): number[] {
  const {
    timeUnixNano,
    observedTimeUnixNano,
    severityNumber,
    severityText,
    body,
    attributes,
    flags,
    traceId,
    spanId,
    eventName,
  } = record;
  return [
    ...(timeUnixNano === undefined ? [] : fixed64(1, BigInt(timeUnixNano as string))),
    ...(severityNumber === undefined ? [] : int(2, BigInt(severityNumber as number))),
    ...(severityText === undefined ? [] : str(3, severityText as string)),
    ...(body === undefined ? [] : len(5, anyValue(body as AnyValue))),
    ...((attributes as AnyValue[] | undefined) ?? []).flatMap((each) => len(6, keyValue(each))),
    ...(flags === undefined ? [] : [...tag(8, 5), flags as number, 0, 0, 0]),
    ...(traceId === undefined ? [] : len(9, Buffer.from(traceId as string, "hex"))),
    ...(spanId === undefined ? [] : len(10, Buffer.from(spanId as string, "hex"))),
    ...(observedTimeUnixNano === undefined ? [] : fixed64(11, BigInt(observedTimeUnixNano as string))),
    ...(eventName === undefined ? [] : str(12, eventName as string)),
    // A field of a later version.
    ...str(99, "later"),
  ];
}
function request(value: AnyValue): Uint8Array {
  const list = (key: string, of: AnyValue) => (of[key] ?? []) as AnyValue[];
  return Uint8Array.from(
    list("resourceLogs", value).flatMap((logs) =>
      len(1, [
        ...len(1, [
          ...list("attributes", logs.resource as AnyValue).flatMap((each) => len(1, keyValue(each))),
          ...int(2, BigInt((logs.resource as AnyValue).droppedAttributesCount as number)),
        ]),
        ...str(3, logs.schemaUrl as string),
        ...list("scopeLogs", logs).flatMap((scopeLogs) => {
          const scope = scopeLogs.scope as AnyValue;
          return len(2, [
            ...len(1, [...str(1, scope.name as string), ...str(2, scope.version as string)]),
            ...list("logRecords", scopeLogs).flatMap((record) => len(2, logRecord(record))),
            ...str(3, scopeLogs.schemaUrl as string),
          ]);
        }),
      ]),
    ),
  );
}

const protobuf = request(JSON.parse(json.toString()) as AnyValue);

describe("OTLP logs", () => {
  const items = readOtlp(json, "json");

  test("become what was committed", () => {
    const events = expectSamples(otlpMapping, items, { golden: "otlp/request.golden.json" });
    expect(events[0]).toMatchObject({
      occurred_at: "2026-03-04T05:06:07.089Z",
      action: "patient.record.viewed",
      actor: { id: "u-1", email: "jane@example.com" },
      outcome: { result: "success" },
      context: { ip: "203.0.113.7", trace_id: "5b8efff798038103d269b633813fc60c" },
      labels: { service: "portal" },
    });
    expect(events[1]).toMatchObject({
      action: "log.record",
      description: "started",
      occurred_at: "2026-03-04T05:06:08.000Z",
    });
    expect(events[2]).toMatchObject({
      action: "settings.updated",
      changes: [{ field: "retention", before: 30, after: 90 }],
    });
  });

  test("say the same in protocol buffers", () => {
    expect(eventsOf(otlpMapping, readOtlp(protobuf, "protobuf"))).toEqual(eventsOf(otlpMapping, items));
  });

  test("are robust", () => expectRobust(otlpMapping, items));
});

describe("hostile bytes", () => {
  const onlyTyped = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  };

  test("of any kind give the typed error at most", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => onlyTyped(() => decodeOtlpProtobuf(bytes))),
      { numRuns: 500 },
    );
  });

  test("one byte changed anywhere is read or refused", () => {
    fc.assert(
      fc.property(fc.nat(protobuf.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(protobuf);
        damaged[at] = byte;
        onlyTyped(() => eventsOf(otlpMapping, readOtlp(damaged, "protobuf")));
        onlyTyped(() => readOtlp(protobuf.subarray(0, at), "protobuf"));
      }),
      { numRuns: 500 },
    );
  });

  test("deep nesting is refused", () => {
    let value: number[] = str(1, "x");
    for (let i = 0; i < 300; i++) value = len(5, len(1, value));
    const deep = Uint8Array.from(len(1, len(2, len(2, len(5, value)))));
    expect(() => decodeOtlpProtobuf(deep)).toThrow("nested deeper");
  });

  test("what has another type than in the protocol is kept", () => {
    const body =
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"SEVERITY_NUMBER_INFO","newField":1,"timeUnixNano":"x"}]}]}]}';
    expect(readOtlp(Buffer.from(body), "json")).toMatchObject([
      { record: { unknown: { severityNumber: "SEVERITY_NUMBER_INFO", newField: 1, timeUnixNano: "x" } } },
    ]);
  });

  test.each(['{"resourceLogs":[{"scopeLogs":[{"logRecords":[1]}]}]}', "", "[]", '{"resourceLogs":1}', "{"])(
    "as JSON, %j is refused",
    (body) => {
      expect(() => readOtlp(Buffer.from(body), "json")).toThrow(SourceError);
    },
  );
});

test("answers", () => {
  expect(otlpJsonAnswer(undefined)).toBe("{}");
  expect(JSON.parse(otlpJsonAnswer({ rejected: 2, message: "no" }))).toEqual({
    partialSuccess: { rejectedLogRecords: "2", errorMessage: "no" },
  });
  const reader = new ProtobufReader(otlpProtobufAnswer({ rejected: 300, message: "no" }));
  expect([reader.next(), reader.number]).toEqual([true, 1]);
  reader.enter();
  expect([reader.next(), reader.number, reader.int64()]).toEqual([true, 1, 300]);
  expect([reader.next(), reader.number, reader.text()]).toEqual([true, 2, "no"]);
  expect(reader.next()).toBe(false);
});

describe("numbers of protocol buffers", () => {
  const read = (bytes: readonly number[]) => {
    const reader = new ProtobufReader(Uint8Array.from(bytes));
    reader.next();
    return reader;
  };

  test("of 64 bits are read as they were written", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const number = Number(value);
        expect(read(int(1, value)).int64()).toBe(Number.isSafeInteger(number) ? number : String(value));
        expect(read(int(1, value)).uint64()).toBe(BigInt.asUintN(64, value));
        expect(read(fixed64(1, BigInt.asUintN(64, value))).uint64()).toBe(BigInt.asUintN(64, value));
        expect(read(int(1, value)).int32()).toBe(Number(BigInt.asIntN(32, value)));
      }),
    );
  });

  test("say what text and whose key it is, whatever its alphabet", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 80 }), { minLength: 1 }), (texts) => {
        const twice = [...texts, ...texts];
        const reader = new ProtobufReader(Uint8Array.from(twice.flatMap((text) => str(3, text))));
        const keys = twice.map(() => [reader.next(), reader.key()]);
        expect(keys).toEqual(twice.map((text) => [true, Buffer.from(text).toString()]));
      }),
    );
  });
});

test("a key that stands a hundred thousand times is no work for its square", () => {
  const values = Array.from({ length: 100_000 }, (_, i) => ({ key: "k", value: { intValue: i } }));
  const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: values }] }] }] };
  const [item] = readOtlp(Buffer.from(JSON.stringify(body)), "json");
  const attributes = item?.kind === "record" ? (item.record.attributes as Record<string, unknown>) : {};
  expect(Object.keys(attributes)).toHaveLength(100_000);
  expect(attributes).toMatchObject({ k: 0, "k#2": 1, "k#100000": 99_999 });
});
