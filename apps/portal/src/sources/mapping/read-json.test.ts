import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonTokens } from "./json-tokens.ts";
import { readJson } from "./read-json.ts";

const json = fc.jsonValue({ noUnicodeString: false });
const broken = fc.tuple(json, fc.nat(), fc.string({ maxLength: 3 })).map(([value, at, more]) => {
  const text = JSON.stringify(value, null, 2);
  const cut = at % (text.length + 1);
  return text.slice(0, cut) + more + text.slice(cut + (at % 3));
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("a JSON text", () => {
  test("is cut into stretches that are the text again, whatever it holds", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), broken), (text) => {
        const tokens = jsonTokens(text);
        expect(tokens.map((token) => token.text).join("")).toBe(text);
        for (const { from, to, text: part } of tokens) expect(text.slice(from, to)).toBe(part);
      }),
    );
  });

  test("gives its value, and each part where it stands", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value, null, 2);
        const read = readJson(text);
        if (read.kind === "fault") throw new Error(`${read.fault.kind}: ${text}`);
        expect(read.value).toEqual(JSON.parse(text));
        const whole = read.places.get("");
        expect(text.slice(whole?.from, whole?.to)).toBe(text);
        for (const { from, to } of read.places.values()) expect(parses(text.slice(from, to))).toBe(true);
      }),
    );
  });

  test("has a fault just when it is no JSON", () => {
    fc.assert(
      fc.property(broken, (text) => {
        const read = readJson(text);
        if (read.kind === "value") expect(parses(text)).toBe(true);
        else if (read.fault.kind !== "twice") expect(parses(text)).toBe(false);
      }),
    );
  });

  test.each([
    ["", "empty", 0],
    ['{"a": }', "value", 6],
    ['{"a" 1}', "colon", 5],
    ['{"a": 1 "b": 2}', "comma", 8],
    ['{"a": 1,}', "key", 8],
    ["{a: 1}", "key", 1],
    ['{"a": 1', "end", 7],
    ["[1] 2", "after", 4],
    ['["a\n"]', "text", 1],
    ["[01]", "number", 1],
    ["[yes]", "word", 1],
    ['{"a": 1, "a": 2}', "twice", 9],
    ["[".repeat(200), "deep", 101],
  ])("%j is wrong: %s at %d", (text, kind, from) => {
    expect(readJson(text)).toMatchObject({ kind: "fault", fault: { kind, from } });
  });

  test("tells the place of a member with its name", () => {
    const text = '{"fields": {"a/b": [1, "x"]}}';
    const read = readJson(text);
    if (read.kind === "fault") throw new Error(read.fault.kind);
    const at = (pointer: string) => {
      const { from, to, key } = read.places.get(pointer) ?? { from: 0, to: 0, key: undefined };
      return [text.slice(from, to), text.slice(key?.from, key?.to)];
    };
    expect(at("/fields/a~1b")).toEqual(['[1, "x"]', '"a/b"']);
    expect(read.places.get("/fields/a~1b/1")).toEqual({ from: 23, to: 26, key: undefined });
  });
});
