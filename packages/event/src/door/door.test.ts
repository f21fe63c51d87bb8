import { arbitraryJson } from "@cairn/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStrictJson } from "../json/parse-strict.ts";
import { CairnError } from "../model/errors.ts";
import { EVENT_FIELDS } from "../model/event.ts";
import { EventSchema } from "../model/schema.ts";
import { acceptEvent, type DoorContext } from "./accept.ts";
import { parseBatch } from "./parse-batch.ts";

const door: DoorContext = { nowMs: 0, defaultSource: "api", describeAction: () => undefined };
const bytes = (text: string) => new TextEncoder().encode(text);

function fault(run: () => unknown): CairnError {
  try {
    run();
  } catch (error) {
    if (error instanceof CairnError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("parseStrictJson", () => {
  test("agrees with JSON.parse on what Cairn accepts", () => {
    fc.assert(
      fc.property(arbitraryJson, fc.constantFrom(undefined, 1), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test("refuses whatever JSON.parse refuses, with the typed error only", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => text.slice(0, -1)),
          fc.json().map((text) => `${text},`),
        ),
        (text) => {
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          if (!isJson)
            expect(["json_invalid", "duplicate_key", "number_out_of_range"]).toContain(
              fault(() => parseStrictJson(text)).code,
            );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['{"a": 1,}', "json_invalid", 1, 9],
    ['{\n  "a": 1\n  "b": 2\n}', "json_invalid", 3, 3],
    ['{"a":1,"a":2}', "duplicate_key", 1, 8],
    ["[12345678901234567890]", "number_out_of_range", 1, 2],
    ["[1e400]", "number_out_of_range", 1, 2],
    ['["\\ud800"]', "text_invalid", 1, 2],
    ["nope", "json_invalid", 1, 1],
    ['"a\tb"', "json_invalid", 1, 3],
  ])("says where %j goes wrong", (text, code, line, column) => {
    expect(fault(() => parseStrictJson(text))).toMatchObject({ code, place: { line, column } });
  });

  test("ends at its depth instead of overflowing the stack", () => {
    expect(fault(() => parseStrictJson("[".repeat(1_000_000))).code).toBe("too_deep");
  });
});

describe("parseBatch", () => {
  test("takes an object, an array, an envelope and lines", () => {
    for (const [text, count] of [
      ['{"action":"a"}', 1],
      ["[{},{}]", 2],
      ['{"events":[{},{},{}]}', 3],
    ] as const) {
      expect(parseBatch(bytes(text), "json")).toHaveLength(count);
    }
    expect(parseBatch(bytes('{"a":1}\r\n\n{"a":2}\n'), "ndjson")).toHaveLength(2);
  });

  test("refuses one event with a repeated key and keeps its neighbours", () => {
    const items = parseBatch(bytes('{"events":[{"a":1},{"d":{"k":1,"k":2}},{"a":":\\":"}]}'), "json");
    expect(items.map((item) => item.kind)).toEqual(["value", "refused", "value"]);
    expect(items[1]).toMatchObject({ error: { code: "duplicate_key", place: { pointer: "/d/k" } } });
  });

  test("refuses the events that are too deep, and still sees what is wrong behind them", () => {
    const deep = `{"a":${"[".repeat(100_000)}"]"${"]".repeat(100_000)}}`;
    const items = parseBatch(bytes(`[${deep},{"a":1,"a":2},{"a":1}]`), "json");
    const codes = items.map((item) => (item.kind === "refused" ? item.error.code : "value"));
    expect(codes).toEqual(["too_deep", "duplicate_key", "value"]);
  });

  test("refuses the whole body when its faults cannot be counted", () => {
    const repeated = Array.from({ length: 100_000 }, () => '"a":1').join();
    expect(fault(() => parseBatch(bytes(`[{${repeated}},{"a":1}]`), "json")).code).toBe("duplicate_key");
    expect(parseBatch(bytes(`{${repeated}}`), "json")).toMatchObject([{ error: { code: "duplicate_key" } }]);
  });

  test("refuses one bad line with its number and column", () => {
    const items = parseBatch(bytes('{"a":1}\n{"a":1,}\n{"a":"\\udc00"}\n{"b":2}'), "ndjson");
    expect(items.map((item) => item.kind)).toEqual(["value", "refused", "refused", "value"]);
    expect(items[1]).toMatchObject({ error: { code: "json_invalid", place: { line: 2, column: 8 } } });
    expect(items[2]).toMatchObject({ error: { code: "text_invalid", place: { line: 3 } } });
  });

  test("refuses a body that is no UTF-8, no JSON, empty, or too long", () => {
    expect(fault(() => parseBatch(new Uint8Array([0x7b, 0xff]), "json")).code).toBe("utf8_invalid");
    expect(fault(() => parseBatch(bytes(" \n"), "json")).code).toBe("body_empty");
    expect(fault(() => parseBatch(bytes('{"events":[1],"more":2}'), "json")).code).toBe("field_unknown");
    expect(fault(() => parseBatch(bytes(`[${"{},".repeat(1_000)}{}]`), "json")).code).toBe("batch_too_many_events");
  });
});

describe("acceptEvent", () => {
  const refuse = (event: unknown) => {
    const { code, place } = fault(() => acceptEvent(event, door));
    return `${code} ${place.pointer}`;
  };

  test("takes the short form of the founding documents", () => {
    const accepted = acceptEvent(
      {
        timestamp: "2025-10-11T15:45:30Z",
        user: "admin@company.com",
        action: "settings.retention_policy.updated",
        resource: "voice_recordings",
        ip_address: "203.0.113.42",
        session_id: "sess_xyz789",
        details: { before: "90 days", after: "180 days", reason: "compliance requirement update" },
      },
      door,
    );
    expect(accepted.event).toEqual({
      occurred_at: "2025-10-11T15:45:30.000Z",
      action: "settings.retention_policy.updated",
      verb: "update",
      category: "other",
      actor: { type: "user", id: "admin@company.com" },
      targets: [{ type: "voice_recordings" }],
      outcome: { result: "unknown" },
      context: { ip: "203.0.113.42", session_id: "sess_xyz789" },
      changes: [{ field: "retention_policy", before: "90 days", after: "180 days" }],
      details: { reason: "compliance requirement update" },
      source: "api",
    });
    expect(acceptEvent({ user: "j", action: "authentication.login.success" }, door).event.outcome).toEqual({
      result: "success",
    });
    expect(acceptEvent({ user: "j", action: "a.b", result: "failure" }, door).event.outcome).toEqual({
      result: "failure",
    });
  });

  test("names what is wrong and where", () => {
    expect(refuse([])).toBe("not_an_object ");
    expect(refuse({})).toBe("field_missing /action");
    expect(refuse({ action: "Document Viewed" })).toBe("field_format /action");
    expect(refuse({ action: "a", acton: 1 })).toBe("field_unknown /acton");
    expect(refuse({ action: "a", actor: { type: "alien" } })).toBe("field_value /actor/type");
    expect(refuse({ action: "a", actor: { id: 7 } })).toBe("field_type /actor/id");
    expect(refuse({ action: "a", occurred_at: "2026-02-30T00:00:00Z" })).toBe("time_invalid /occurred_at");
    expect(refuse({ action: "a", occurred_at: "2026-02-03 00:00:00" })).toBe("time_invalid /occurred_at");
    expect(refuse({ action: "a", context: { ip: "example.com" } })).toBe("ip_invalid /context/ip");
    expect(refuse({ action: "a", details: { n: [2 ** 53] } })).toBe("number_out_of_range /details/n/0");
    expect(refuse({ action: "a", user: "x", actor: { id: "y" } })).toBe("alias_conflict /user");
    expect(refuse({ action: "a", description: "x".repeat(20_000) })).toBe("field_length /description");
  });

  test("treats null as absent in fields of the model, and as a value in details", () => {
    const { event } = acceptEvent(
      { action: "a", purpose: null, actor: { id: "x", name: null }, details: { n: null } },
      door,
    );
    expect(event).not.toHaveProperty("purpose");
    expect(event.actor).toEqual({ type: "user", id: "x" });
    expect(event.details).toEqual({ n: null });
  });

  test("normalises times and addresses", () => {
    const { event } = acceptEvent(
      { action: "a", occurred_at: "2026-03-04T07:06:07.0894+02:00", context: { ip: "[2001:DB8::0:1]:443" } },
      door,
    );
    expect(event.occurred_at).toBe("2026-03-04T05:06:07.089Z");
    expect(event.context?.ip).toBe("2001:db8::1");
  });
});

test("the fields of an event are those of its schema", () => {
  expect([...EVENT_FIELDS].sort()).toEqual(Object.keys(EventSchema.properties).sort());
});
