import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { acceptEvent } from "@cairn/event/door";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../files/json-values.ts";
import { parseCloudTrailRecord } from "./cloudtrail-records.ts";
import { readJson } from "./json-records.ts";

const SAMPLES = new URL("../../testdata/cloudtrail/", import.meta.url);

function accept(event: unknown) {
  return acceptEvent(event, { nowMs: 0, defaultSource: "api", describeAction: () => undefined }).event;
}

async function sampleRecords() {
  const records = [];
  for (const name of (await readdir(SAMPLES)).filter((file) => file.endsWith(".json"))) {
    const chunks = createReadStream(new URL(name, SAMPLES));
    for await (const record of readJson(chunks, parseCloudTrailRecord)) records.push(record);
  }
  return records;
}

describe("real CloudTrail records", () => {
  test("all pass the door, each under its own identity", async () => {
    const events = (await sampleRecords()).map((record) => {
      expect(record.kind).toBe("event");
      return accept(record.kind === "event" ? record.event : undefined);
    });
    expect(events.length).toBe(285);
    expect(new Set(events.map(({ id }) => id)).size).toBe(285);
    const count = (select: (event: (typeof events)[number]) => unknown, value: unknown) =>
      events.filter((event) => select(event) === value).length;
    expect(count(({ outcome }) => outcome.result, "denied")).toBeGreaterThan(0);
    expect(count(({ actor }) => actor.type, "service")).toBeGreaterThan(0);
    expect(count(({ verb }) => verb, "login")).toBe(2);
    expect(count(({ source }) => source, "cloudtrail")).toBe(285);
    expect(events.some(({ details }) => (details as JsonObject).source_host === "AWS Internal")).toBe(true);
  });
});

describe("parseCloudTrailRecord", () => {
  const parse = (json: string) => parseCloudTrailRecord(Buffer.from(json), 7);

  test("keeps numbers that no double holds as text", () => {
    const record = parse(
      '{"eventID":"1","eventName":"GetObject","requestParameters":{"big":12345678901234567890,"small":1.5,"huge":1e999}}',
    );
    expect(record).toMatchObject({
      kind: "event",
      event: { details: { requestParameters: { big: "12345678901234567890", small: 1.5, huge: "1e999" } } },
    });
  });

  test("does not let a key that stands twice pass with them", () => {
    const record = parse('{"a":12345678901234567890,"b":1,"b":2}');
    expect(record).toMatchObject({ kind: "refused", code: "duplicate_key", line: 7 });
  });

  test("refuses what is no record of CloudTrail's, and says where", () => {
    expect(parse('{"hello":"world"}')).toMatchObject({ kind: "refused", line: 7, pointer: "/eventName" });
  });
});
