import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { type MappedItem, mapItems } from "../core/map-items.ts";
import { SourceError } from "../core/source-error.ts";
import { accept } from "../testing/accept.ts";
import { damaged } from "../testing/arbitrary.ts";
import { golden } from "../testing/golden.ts";
import { lostLeaves } from "../testing/lost-leaves.ts";
import { createAuth0Mapping } from "./auth0.ts";
import { auth0Gap } from "./gap.ts";
import { logIdAt, timeOfLogId } from "./log-id.ts";
import { readAuth0 } from "./read-auth0.ts";

const sample = (name: string) => readFileSync(new URL(`../../testdata/auth0/${name}`, import.meta.url), "utf8");
const expected = (name: string) => new URL(`../../testdata/auth0/${name}`, import.meta.url);
const mapping = createAuth0Mapping();
const map = (body: string) => mapItems(mapping, readAuth0(body), { original: "leave" });
const eventsOf = (items: readonly MappedItem[]) =>
  items.map((item) => {
    if (item.kind !== "event") throw new Error(JSON.stringify(item));
    return item.event;
  });
const lines = sample("webhook.ndjson").trim().split("\n");

describe("webhook bodies", () => {
  test("map as committed", () => {
    const events = eventsOf(map(sample("webhook.ndjson")));
    events.forEach(accept);
    expect(events).toEqual(golden(events, expected("webhook.golden.json")));
  });

  test("say the same in every format", () => {
    const fromLines = eventsOf(map(lines.join("\n")));
    expect(fromLines.length).toBe(lines.length);
    expect(eventsOf(map(`[${lines.join(",\n")}]`))).toEqual(fromLines);
    expect(eventsOf(map(lines.join("\r\n")))).toEqual(fromLines);
    expect(lines.flatMap((line) => eventsOf(map(line)))).toEqual(fromLines);
    const bare = lines.map((line) => JSON.stringify((JSON.parse(line) as { data: unknown }).data));
    expect(eventsOf(map(bare.join("\n")))).toEqual(fromLines);
    expect(eventsOf(map(`{"start":0,"total":${lines.length},"logs":[${bare.join(",")}]}`))).toEqual(fromLines);
  });

  test("lose nothing", () => {
    for (const line of lines) {
      const { data } = JSON.parse(line) as { data: JsonObject };
      expect(lostLeaves(data, eventsOf(map(line))[0] ?? { action: "x" })).toEqual([]);
    }
  });

  test("a line that is no JSON is refused by itself, with line and column", () => {
    const items = map([lines[0], '{"log_id":"x",}', lines[1]].join("\n"));
    expect(items.map(({ kind }) => kind)).toEqual(["event", "refused", "event"]);
    expect(items[1]).toMatchObject({
      error: { code: "json_invalid", place: { line: 2, column: 15 } },
      text: '{"log_id":"x",}',
    });
  });

  test("an element with a key twice leaves its neighbours", () => {
    const items = map(`[${lines[0]},{"type":"s","type":"f"},${lines[1]}]`);
    expect(items.map((item) => (item.kind === "refused" ? item.error.code : item.kind))).toEqual([
      "event",
      "duplicate_key",
      "event",
    ]);
  });

  test("keep the original on request, and ids as text even when sent as numbers", () => {
    const body = '{"type":"s","log_id":90020211103082515482106767167326018758436529088273317970}';
    const [item] = mapItems(mapping, readAuth0(body), { original: "keep" });
    expect(item).toMatchObject({
      event: {
        id: "90020211103082515482106767167326018758436529088273317970",
        details: { original: body },
      },
    });
  });
});

describe("the published samples", () => {
  const published = sample("published.ndjson").trim().split("\n");

  test("map as committed: login, wrong password, blocked account", () => {
    const events = eventsOf(map(published.join("\n")));
    expect(events).toEqual(golden(events, expected("published.golden.json")));
    expect(events.map(({ source_action, outcome, verb }) => [source_action, verb, outcome?.result])).toEqual([
      ["seacft", "login", "success"],
      ["fp", "login", "failure"],
      ["limit_wc", "other", "denied"],
    ]);
    // Their ids are blacked out, and must not make one event of three.
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  });

  test("a trailing comma is refused with line and column; mended it goes in", () => {
    const [first = ""] = published;
    const broken = `{\n${first.slice(1, -1).replace(/\s+$/, "")},\n}`;
    const [item] = map(broken);
    expect(item).toMatchObject({ kind: "refused", error: { code: "json_invalid", place: { line: 3, column: 1 } } });
    expect(map(broken.replace(",\n}", "\n}"))[0]?.kind).toBe("event");
  });
});

describe("createAuth0Mapping", () => {
  test("takes names of codes that are not codes", () => {
    const mapped = mapping.map({ type: "Success Login", date: "2026-01-01T00:00:00Z" }, {});
    expect(mapped).toMatchObject({
      event: { source_action: "s", action: "session.login", details: { type: "Success Login" } },
    });
  });

  test("keeps an unknown code verbatim", () => {
    expect(mapping.map({ type: "xYz!" }, {})).toMatchObject({
      event: {
        action: "auth0.xyz_",
        source_action: "xYz!",
        outcome: { result: "unknown" },
        warnings: ["unknown_code:xYz!"],
      },
    });
  });

  test("masks what may be a password, wherever it stands", () => {
    const masking = createAuth0Mapping({ unknownUserNames: "mask" });
    const text = lines[1] ?? "";
    const [item] = mapItems(masking, readAuth0(text), { original: "keep" });
    expect(JSON.stringify(item)).not.toContain("hunter2");
    expect(item).toMatchObject({ event: { warnings: ["masked:/user_name"] } });
  });

  test("the same record twice is the same event", () => {
    const [text = ""] = lines;
    expect(eventsOf(map(text))).toEqual(eventsOf(map(text)));
  });

  test("throws nothing but its error, and makes only events that the door takes", () => {
    const records = lines.map((line) => (JSON.parse(line) as { data: JsonObject }).data);
    fc.assert(
      fc.property(fc.oneof(...records.map(damaged)), (record) => {
        try {
          const mapped = mapping.map(record, {});
          if (mapped.kind !== "event") return;
          accept(mapped.event);
          expect(lostLeaves(record, mapped.event)).toEqual([]);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  test("reads any text without an error", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => Array.isArray(map(body))));
  });
});

describe("gaps", () => {
  const nowMs = Date.UTC(2026, 0, 20);
  test("a pause longer than the retention is an event", () => {
    const checkpoint = logIdAt(Date.UTC(2026, 0, 10));
    const oldest = logIdAt(Date.UTC(2026, 0, 19));
    const gap = auth0Gap({ checkpoint, oldest, retentionDays: 2, nowMs });
    expect(gap).toMatchObject({ id: "gap:2026-01-10T00:00:00.000Z/2026-01-19T00:00:00.000Z", action: "source.gap" });
    accept(gap ?? { action: "" });
    expect(auth0Gap({ checkpoint, oldest: undefined, retentionDays: 2, nowMs })?.details).toMatchObject({
      to: "2026-01-18T00:00:00.000Z",
    });
  });

  test("a shorter one is none", () => {
    const checkpoint = logIdAt(Date.UTC(2026, 0, 19));
    expect(auth0Gap({ checkpoint, oldest: undefined, retentionDays: 2, nowMs })).toBeUndefined();
    expect(auth0Gap({ checkpoint: "no id", oldest: undefined, retentionDays: 2, nowMs })).toBeUndefined();
  });

  test("log ids carry the time of arrival", () => {
    expect(timeOfLogId("90020211103082515482106767167326018758436529088273317970")).toBe(
      Date.UTC(2021, 10, 3, 8, 25, 15, 482),
    );
    expect(logIdAt(Date.UTC(2021, 10, 3)).length).toBe(56);
  });
});
