import { FIELDS } from "../core/fields.ts";
import type { RootShape, Shape } from "./check-shape.ts";

const pointer: Shape = {
  type: "string",
  maxLength: 500,
  pattern: "^(?:/(?:[^~/]|~[01])*)*$",
  description: "a JSON Pointer",
};
const text = (maxLength: number): Shape => ({ type: "string", minLength: 1, maxLength });
const list = (items: Shape, maxItems: number): Shape => ({ type: "array", items, minItems: 1, maxItems });
const closed = (properties: Shape["properties"], required: readonly string[]): Shape => ({
  type: "object",
  ...(properties === undefined ? {} : { properties }),
  required,
  additionalProperties: false,
});
const ref = (name: string): Shape => ({ $ref: `#/$defs/${name}` });

const steps = {
  as: { enum: ["lower", "upper", "words", "action", "verb"] },
  table: {
    anyOf: [{ type: "string", minLength: 1, maxLength: 100, description: "the name of a table" }, ref("table")],
  },
  otherwise: text(500),
} as const;
const from: Shape = { anyOf: [pointer, list(pointer, 20)] };
const template = text(1_000);
const times: Shape = { anyOf: [ref("time"), list(ref("time"), 10)] };

/** The most rules of one kind: far beyond any source, and a bound on what one record can cost. */
const MAX_RULES = 100;

/** JSON Schema of mapping definitions; `Definition` is the same for the compiler. */
export const DEFINITION_SCHEMA: RootShape = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://cairn.dev/schemas/mapping-definition.json",
  title: "Mapping definition",
  ...closed(
    {
      version: { const: 1 },
      name: { ...text(100), pattern: "^[a-z0-9][a-z0-9_-]*$", description: "lower-case letters, digits, - and _" },
      title: text(200),
      input: {
        anyOf: [
          closed({ format: { const: "json" }, wrappers: list(text(100), 10) }, ["format"]),
          closed({ format: { const: "csv" }, columns: list(text(200), MAX_RULES) }, ["format"]),
          closed({ format: { const: "lines" }, pattern: text(2_000) }, ["format", "pattern"]),
        ],
      },
      zone: text(100),
      absent: list({ type: "string", maxLength: 100 }, 20),
      split: { type: "object", additionalProperties: text(500), maxProperties: 20, propertyNames: { maxLength: 500 } },
      each: closed({ list: pointer, index: text(100) }, ["list"]),
      skip: list(
        closed({ at: pointer, is: list(text(500), MAX_RULES), reason: text(200) }, ["at", "is", "reason"]),
        20,
      ),
      occurred_at: {
        anyOf: [
          closed({ from, time: times }, ["from", "time"]),
          closed({ template, time: times }, ["template", "time"]),
        ],
      },
      fields: {
        type: "object",
        required: ["action"],
        propertyNames: { enum: Object.keys(FIELDS).filter((field) => field !== "source" && field !== "tenant") },
        additionalProperties: ref("rule"),
      },
      targets: list(closed({ each: pointer, type: ref("rule"), id: ref("rule"), name: ref("rule") }, ["type"]), 20),
      changes: list(
        closed({ each: pointer, field: ref("rule"), before: ref("rule"), after: ref("rule") }, ["field"]),
        MAX_RULES,
      ),
      pairs: list(closed({ before: ref("glob"), after: ref("glob") }, ["before", "after"]), 20),
      labels: {
        type: "object",
        additionalProperties: ref("rule"),
        maxProperties: 20,
        propertyNames: { maxLength: 100 },
      },
      tables: {
        type: "object",
        additionalProperties: ref("table"),
        maxProperties: 50,
        propertyNames: { maxLength: 100 },
      },
      ignore: list(pointer, MAX_RULES),
    },
    ["version", "name", "input", "fields"],
  ),
  $defs: {
    rule: {
      anyOf: [
        closed({ constant: text(1_000) }, ["constant"]),
        closed({ from, ...steps }, ["from"]),
        closed({ template, ...steps }, ["template"]),
        closed(
          {
            find: closed({ list: pointer, key: text(200), equals: text(500), value: list(text(200), 10) }, [
              "list",
              "key",
              "equals",
              "value",
            ]),
            ...steps,
          },
          ["find"],
        ),
        closed({ first: list(ref("rule"), 10) }, ["first"]),
      ],
    },
    table: { type: "object", additionalProperties: text(500), maxProperties: 2_000, propertyNames: { maxLength: 500 } },
    time: {
      description: "rfc3339, epoch_s, epoch_ms, epoch_us, epoch_ns or an object with `pattern`",
      anyOf: [
        { enum: ["rfc3339", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns"], description: "the name of a time format" },
        closed({ pattern: text(100) }, ["pattern"]),
      ],
    },
    glob: {
      type: "string",
      minLength: 1,
      maxLength: 200,
      pattern: "^[^*]*\\*[^*]*$",
      description: "a name with one *",
    },
  },
};
