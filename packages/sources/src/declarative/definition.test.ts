import type { Json } from "@cairn/event";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceError } from "../core/source-error.ts";
import { accept } from "../testing/accept.ts";
import { anyJson } from "../testing/arbitrary.ts";
import { checkDefinition, compileDefinition } from "./definition-mapping.ts";
import { DEFINITION_SCHEMA } from "./definition-schema.ts";
import { compileLinePattern } from "./line-pattern.ts";
import { DEFINITION_PRESETS } from "./presets/presets.ts";
import { previewDefinition } from "./preview.ts";
import { compileReader } from "./read-definition.ts";

const validate = new Ajv2020({ allErrors: false, strict: false }).compile(DEFINITION_SCHEMA);

/** What is wrong with a definition: the pointer, or none. */
function faultOf(definition: Json): string {
  try {
    const checked = checkDefinition(definition);
    compileReader(checked);
    compileDefinition(checked);
    return "none";
  } catch (error) {
    if (error instanceof SourceError && error.code === "definition_invalid") return error.place.pointer ?? "no pointer";
    if (error instanceof SourceError && error.code === "zone_unknown") return "/zone";
    throw error;
  }
}

const base = { version: 1, name: "x", input: { format: "json" }, fields: { action: { constant: "a.b" } } };
const withFields = (fields: Json) => ({ ...base, fields: { ...base.fields, ...(fields as object) } }) as Json;

describe("a definition that is wrong", () => {
  test.each([
    [{}, ""],
    [{ ...base, version: 2 }, "/version"],
    [{ ...base, name: "Bad Name" }, "/name"],
    [{ ...base, surprise: 1 }, "/surprise"],
    [{ ...base, input: { format: "xml" } }, "/input/format"],
    [{ ...base, input: { format: "lines" } }, "/input"],
    [{ ...base, input: { format: "lines", pattern: "no values" } }, "/input/pattern"],
    [{ ...base, zone: "Middle/Earth" }, "/zone"],
    [{ ...base, fields: {} }, "/fields"],
    [withFields({ nonsense: { constant: "x" } }), "/fields/nonsense"],
    [withFields({ "actor.id": { from: "user" } }), "/fields/actor.id/from"],
    [withFields({ "actor.id": { form: "/user" } }), "/fields/actor.id"],
    [withFields({ "actor.id": { template: "no place" } }), "/fields/actor.id/template"],
    [withFields({ verb: { from: "/a", table: "missing" } }), "/fields/verb/table"],
    [withFields({ verb: { from: "/a", otherwise: "read" } }), "/fields/verb/otherwise"],
    [withFields({ verb: { first: [{ from: "/a", table: { "a*b*": "read" } }] } }), "/fields/verb/first/0/table/a*b*"],
    [{ ...base, tables: { "a/b": { "**": "x" } } }, "/tables/a~1b/**"],
    [{ ...base, occurred_at: { from: "/t", time: ["rfc3339", { pattern: "dd" }] } }, "/occurred_at/time/1/pattern"],
    [{ ...base, split: { "/a": "{b}{c}" } }, "/split/~1a"],
    [{ ...base, pairs: [{ before: "x", after: "*" }] }, "/pairs/0/before"],
    [base, "none"],
  ] as const)("%j is refused at %s", (definition, pointer) => {
    expect(faultOf(definition as unknown as Json)).toBe(pointer);
  });

  test("is wrong for the published schema too, and the other way round", () => {
    const paths = fc.constantFrom(
      ...DEFINITION_PRESETS.flatMap((preset) => pathsOf(preset as unknown as Json).map((path) => ({ preset, path }))),
    );
    const shapes = (value: Json) => {
      try {
        checkDefinition(value);
        return true;
      } catch (error) {
        if (error instanceof SourceError) return false;
        throw error;
      }
    };
    fc.assert(
      fc.property(paths, fc.oneof(anyJson, fc.constant("/a"), fc.constant("x")), ({ preset, path }, value) => {
        const damaged = replacedAt(preset as unknown as Json, path, value as Json);
        expect(shapes(damaged)).toBe(validate(damaged));
        faultOf(damaged);
      }),
      { numRuns: 400 },
    );
  });
});

function pathsOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item as Json, [...path, key]))];
}

function replacedAt(value: Json, [key, ...rest]: readonly string[], replacement: Json): Json {
  if (key === undefined) return replacement;
  const copy = structuredClone(value) as Record<string, Json>;
  copy[key] = replacedAt(copy[key] as Json, rest, replacement);
  return copy;
}

test("a record in which nothing says what happened is an event that says so", () => {
  const rules = {
    first: [
      { from: "/what", table: { Ordered: "order.created" } },
      { from: "/event", as: "action" },
    ],
  };
  const definition = {
    version: 1,
    name: "shop",
    input: { format: "json" },
    fields: { action: rules },
  } as unknown as Json;
  const sample = ['{"what":"Ordered"}', '{"what":"Packed"}', '{"event":null,"note":"x"}'].join("\n");
  const events = previewDefinition(definition, sample).map((each) => (each.kind === "event" ? each.event : undefined));
  expect(events.map((event) => [event?.action, event?.warnings])).toEqual([
    ["order.created", undefined],
    ["unknown", ["unknown_code:Packed", "action_missing"]],
    ["unknown", ["action_missing"]],
  ]);
  expect(events[2]?.details).toEqual({ event: null, note: "x" });
});

describe("previewDefinition", () => {
  const definition: Json = {
    version: 1,
    name: "shop",
    input: { format: "json" },
    zone: "Europe/Zurich",
    absent: ["null"],
    skip: [{ at: "/kind", is: ["ping"], reason: "heartbeat" }],
    occurred_at: { from: "/at", time: [{ pattern: "dd.MM.yyyy HH:mm" }, "rfc3339"] },
    fields: {
      action: { template: "shop.{/what}", as: "action" },
      verb: { from: "/what", table: "verbs" },
      "actor.id": { first: [{ from: "/nobody" }, { from: ["/who/id", "/who/mail"] }] },
      "outcome.result": { constant: "success" },
    },
    targets: [{ each: "/things", type: { from: "/kind" }, id: { from: "/id" } }],
    changes: [{ each: "/diff", field: { from: "/k" }, before: { from: "/a" }, after: { from: "/b" } }],
    labels: { shop: { from: "/shop" } },
    tables: { verbs: { "Order*": "create" } },
    ignore: ["/etag"],
  };
  const record = {
    at: "25.10.2026 02:30",
    what: "Ordered",
    who: { id: null, mail: "jane@example.com" },
    things: [{ kind: "book", id: 7, price: 1 }, { kind: "pen" }],
    diff: [{ k: "stock", a: { n: 1 }, b: { n: 0 } }],
    shop: "Bern",
    etag: "x",
    note: "null",
  };
  const [item] = previewDefinition(definition, JSON.stringify(record));
  if (item?.kind !== "event") throw new Error(JSON.stringify(item));

  test("maps a pasted record", () => {
    expect(accept(item.event)).toMatchObject({
      source: "shop",
      occurred_at: "2026-10-25T00:30:00.000Z",
      time_uncertain_ms: 3_600_000,
      action: "shop.ordered",
      verb: "create",
      actor: { id: "jane@example.com" },
      targets: [{ type: "book", id: "7" }],
      changes: [{ field: "stock", before: { n: 1 }, after: { n: 0 } }],
      labels: { shop: "Bern" },
    });
    expect(item.event.details).not.toHaveProperty("etag");
    expect(item.event.details).not.toHaveProperty("note");
  });

  test("tells which rule gave each field, and from where", () => {
    const rules = Object.fromEntries(item.trace.map(({ field, rule, from }) => [field, [rule, ...from]]));
    expect(rules).toMatchObject({
      occurred_at: ["/occurred_at", "/at"],
      action: ["/fields/action", "/what"],
      "actor.id": ["/fields/actor.id", "/who/mail"],
      "outcome.result": ["/fields/outcome.result"],
      "targets.0": ["/targets/0", "/things/0/id"],
    });
    expect(item.unmapped).toContain("/things/1/kind");
    expect(item.unmapped).not.toContain("/who/mail");
  });

  test("says what is skipped, and what no table knows", () => {
    const items = previewDefinition(definition, '[{"kind":"ping"},{"what":"Fnord"},3]');
    expect(items).toMatchObject([
      { kind: "skipped", reason: "heartbeat" },
      { kind: "event", event: { action: "shop.fnord", warnings: ["unknown_code:Fnord"] } },
      { kind: "refused", error: { code: "not_an_object" } },
    ]);
  });
});

describe("compileLinePattern", () => {
  const pattern = compileLinePattern('{a} [{b}] "{c}" {...rest}', "");
  test.each([
    ['1 [2] "3" 4 5', { a: "1", b: "2", c: "3", rest: "4 5" }],
    ['1 [2 2] "say \\"x\\" \\\\"', { a: "1", b: "2 2", c: 'say "x" \\' }],
    ["1 [2] 3", undefined],
    ['1 [2] "3', undefined],
    ["", undefined],
  ])("%j", (line, values) => {
    expect(pattern(line)).toEqual(values);
  });

  test("reads any line", () => {
    fc.assert(fc.property(fc.string(), (line) => ["undefined", "object"].includes(typeof pattern(line))));
  });
});
