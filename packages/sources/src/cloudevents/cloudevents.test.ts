import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mapItems } from "../core/map-items.ts";
import { SourceError } from "../core/source-error.ts";
import { eventsOf, expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { cloudEventsMapping } from "./cloudevents.ts";
import { readCloudEvents } from "./read-cloudevents.ts";

const body = Buffer.from(sample("cloudevents/events.json"));
const batch = { "content-type": "application/cloudevents-batch+json; charset=utf-8" };
const items = readCloudEvents({ headers: batch, body });

test("a batch becomes what was committed", () => {
  const [first] = expectSamples(cloudEventsMapping, items, { golden: "cloudevents/events.golden.json" });
  expect(first).toMatchObject({
    id: "/mycontext#A234-1234-1234",
    action: "com.example.record.viewed",
    verb: "read",
    actor: { type: "user", id: "u-1" },
    context: { ip: "203.0.113.7", trace_id: "0af7651916cd43dd8448eb211c80319c" },
    outcome: { result: "success" },
    targets: [{ type: "subject", id: "record/7" }],
  });
});

test("is robust", () => expectRobust(cloudEventsMapping, items));

describe("content modes", () => {
  const [first] = JSON.parse(body.toString()) as [Record<string, unknown>];
  const { data, datacontenttype, ...attributes } = first;

  test("structured and binary say the same", () => {
    const headers: Record<string, string> = { "content-type": String(datacontenttype) };
    for (const [key, value] of Object.entries(attributes)) headers[`ce-${key}`] = encodeURIComponent(String(value));
    const binary = readCloudEvents({ headers, body: Buffer.from(JSON.stringify(data)) });
    const structured = readCloudEvents({
      headers: { "content-type": "application/cloudevents+json" },
      body: Buffer.from(JSON.stringify(first)),
    });
    expect(eventsOf(cloudEventsMapping, binary)).toEqual(eventsOf(cloudEventsMapping, structured));
  });

  test("binary data that is no JSON is kept as bytes or text", () => {
    const headers = { "ce-specversion": "1.0", "ce-id": "%", "ce-source": "s", "ce-type": "t" };
    const dataOf = (type: string, bytes: string) => {
      const [item] = readCloudEvents({
        headers: { ...headers, "content-type": type },
        body: Buffer.from(bytes, "latin1"),
      });
      return item?.kind === "record" ? item.record : undefined;
    };
    expect(dataOf("application/json", "{")).toMatchObject({ id: "%", data_base64: "ew==" });
    expect(dataOf("text/plain", "hello")).toMatchObject({ data: "hello" });
    expect(dataOf("application/octet-stream", "\xff")).toMatchObject({ data_base64: "/w==" });
  });

  test("an empty batch is none; another media type is refused", () => {
    expect(readCloudEvents({ headers: batch, body: Buffer.from("[]") })).toEqual([]);
    expect(() => readCloudEvents({ headers: { "content-type": "text/csv" }, body })).toThrow(SourceError);
  });
});

test("what lacks an attribute is refused by itself", () => {
  const text =
    '[{"specversion":"1.0","id":"1","source":"s","type":"t"},{"specversion":"1.0","id":"2","source":"s"},{"specversion":"0.3","id":"1","source":"s","type":"t"}]';
  const mapped = mapItems(cloudEventsMapping, readCloudEvents({ headers: batch, body: Buffer.from(text) }), {
    original: "leave",
  });
  expect(mapped.map((item) => (item.kind === "refused" ? item.error.place.pointer : item.kind))).toEqual([
    "event",
    "/type",
    "/specversion",
  ]);
});

test("any request gives the typed error at most", () => {
  const headers = fc.dictionary(
    fc.constantFrom("content-type", "ce-specversion", "ce-id", "ce-time", "ce-x"),
    fc.string(),
  );
  fc.assert(
    fc.property(headers, fc.uint8Array(), (each, bytes) => {
      try {
        mapItems(cloudEventsMapping, readCloudEvents({ headers: each, body: bytes }), { original: "keep" });
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
      }
    }),
  );
});
