import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorContext } from "./cursor-context.ts";
import { completeJson, type KnownNames } from "./json-completion.ts";
import { readJson } from "./read-json.ts";
import { pointersOf, type Shape } from "./schema-at.ts";

const SCHEMA: Shape = {
  type: "object",
  required: ["version", "fields"],
  additionalProperties: false,
  properties: {
    version: { const: 1 } as Shape,
    input: {
      anyOf: [
        {
          type: "object",
          required: ["format"],
          additionalProperties: false,
          properties: { format: { const: "json" } },
        },
        {
          ...{ type: "object", required: ["format", "pattern"], additionalProperties: false },
          properties: { format: { const: "lines" }, pattern: { type: "string" } },
        },
      ],
    },
    fields: {
      ...{ type: "object", required: ["action"], propertyNames: { enum: ["action", "actor.id", "verb"] } },
      additionalProperties: { $ref: "#/$defs/rule" },
    },
    skip: { type: "array", items: { type: "string", description: "a JSON Pointer" } },
  },
  $defs: {
    rule: {
      anyOf: [
        {
          type: "object",
          required: ["constant"],
          additionalProperties: false,
          properties: { constant: { type: "string" } },
        },
        {
          ...{ type: "object", required: ["from"], additionalProperties: false },
          properties: {
            from: { type: "string", description: "a JSON Pointer" },
            as: { enum: ["lower", "upper"] },
            table: { type: "string", description: "the name of a table" },
          },
        },
      ],
    },
  },
};
const KNOWN: KnownNames = { pointers: ["/user", "/user/id"], tables: ["verbs"] };

/** The options where `|` stands, and the text after the first that is called `pick` was taken. */
function offered(marked: string, pick?: string): { readonly labels: readonly string[]; readonly after: string } {
  const cursor = marked.indexOf("|");
  const text = marked.replace("|", "");
  const { options, place } = completeJson(text, cursor, SCHEMA, KNOWN);
  const taken = options.find(({ label }) => label === pick)?.insert ?? "";
  return { labels: options.map(({ label }) => label), after: text.slice(0, place.from) + taken + text.slice(place.to) };
}

describe("what may stand at the cursor", () => {
  test("is a member that is not there yet", () => {
    expect(offered("{|}").labels).toEqual(["version", "input", "fields", "skip"]);
    expect(offered('{"version": 1, | , "skip": []}').labels).toEqual(["input", "fields"]);
    expect(offered('{"fields": {"ac|"', "action").after).toBe('{"fields": {"action": {‸}');
    expect(offered('{"fields": {"verb": {"fr|}}', "from").after).toBe('{"fields": {"verb": {"from": "‸"}}');
    expect(offered('{"fields": {"ac|": {"from": "/x"}}}', "actor.id").after).toBe(
      '{"fields": {"actor.id"‸: {"from": "/x"}}}',
    );
    expect(offered('{"fields": {"verb": {|}}}').labels).toEqual(["constant", "from", "as", "table"]);
    expect(offered('{"fields": {"verb": {"from": "/a", |}}}').labels).toEqual(["as", "table"]);
  });

  test("is a value that the schema knows", () => {
    expect(offered('{"version": |}', "1").after).toBe('{"version": 1‸}');
    expect(offered('{"input": {"format": "|"}}').labels).toEqual(["json", "lines"]);
    expect(offered('{"input": {"format": "li|"}}', "lines").after).toBe('{"input": {"format": "lines"‸}}');
    expect(offered('{"fields": {"verb": |').labels).toEqual(['{ "constant": "" }', '{ "from": "" }']);
    expect(offered('{"fields": {"verb": {"from": "/us|').labels).toEqual(["/user", "/user/id"]);
    expect(offered('{"fields": {"verb": {"from": "/a", "table": "|"}}}').labels).toEqual(["verbs"]);
    expect(offered('{"skip": ["/user", |]}').labels).toEqual(["/user", "/user/id"]);
  });

  test("is nothing behind a value, before a colon, in a place that is none", () => {
    for (const marked of ['{"version": 1|', '{"version" |', '{"nothing": "|"}', "{}|", "x|"]) {
      expect(offered(marked.replace("1|", "1 |")).labels, marked).toEqual([]);
    }
  });

  test("never throws, and stays within the text", () => {
    const text = fc.oneof(
      fc.string(),
      fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
      fc.array(fc.constantFrom(...'{}[]",: a\\')).map((signs) => signs.join("")),
    );
    fc.assert(
      fc.property(text, fc.nat(), (given, at) => {
        const cursor = at % (given.length + 1);
        const context = cursorContext(given, cursor);
        if (context === undefined) return;
        expect(context.place.from).toBeGreaterThanOrEqual(0);
        expect(context.place.to).toBeLessThanOrEqual(given.length);
      }),
    );
  });

  test("every option of a name makes a member of JSON", () => {
    const { options } = completeJson("{}", 1, SCHEMA, KNOWN);
    for (const { insert } of options) {
      const filled = insert.replace(/: ‸$/, ": null").replace("‸", "");
      expect(readJson(`{${filled}}`).kind, insert).toBe("value");
    }
  });
});

test("pointers of a record lead to each of its parts", () => {
  expect(pointersOf({ a: 1, "b/c": [{ d: null }] })).toEqual(["/a", "/b~1c", "/b~1c/0", "/b~1c/0/d"]);
});
