import { readdirSync, readFileSync } from "node:fs";
import { arbitraryJson } from "@cairn/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonical.ts";
import { CanonicalWriter } from "./canonical-writer.ts";
import { parseStrictJson } from "./parse-strict.ts";

const vectors = new URL("../../testdata/jcs-vectors/testdata/", import.meta.url);

function written(value: unknown): string {
  const writer = new CanonicalWriter(1);
  writer.value(value);
  return new TextDecoder("utf-8", { fatal: true }).decode(writer.bytes.subarray(0, writer.length));
}

test.each(readdirSync(new URL("input/", vectors)))("writes the RFC 8785 vector %s byte for byte", (name) => {
  const value: unknown = JSON.parse(readFileSync(new URL(`input/${name}`, vectors), "utf8"));
  const expected = readFileSync(new URL(`output/${name}`, vectors), "utf8");
  expect(canonicalJson(value)).toBe(expected);
  expect(written(value)).toBe(expected);
  const hex = readFileSync(new URL(`outhex/${name.replace(".json", ".txt")}`, vectors), "utf8").replace(/\s+/g, "");
  expect(Buffer.from(written(value)).toString("hex")).toBe(hex);
});

test("refuses at the door the one vector that a double cannot hold as a whole number", () => {
  const text = readFileSync(new URL("input/values.json", vectors), "utf8");
  expect(() => parseStrictJson(text)).toThrow(/cannot be kept exactly/);
});

test("both writers agree on everything the door accepts", () => {
  fc.assert(
    fc.property(fc.oneof(arbitraryJson, fc.string({ unit: "binary" })), (value) => {
      expect(written(value)).toBe(canonicalJson(value));
    }),
    { numRuns: 3_000 },
  );
});
