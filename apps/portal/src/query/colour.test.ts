import fc from "fast-check";
import { expect, test } from "vitest";
import { colourQuery } from "./colour.ts";

const painted = (query: string) => colourQuery(query).map(({ kind, text }) => `${kind}:${text}`);

test("a query is coloured as it is understood", () => {
  expect(painted('action:x -category:"a b" jane')).toEqual([
    "field:action:",
    "value:x",
    "operator: -",
    "field:category:",
    'value:"a b"',
    "operator: ",
    "word:jane",
  ]);
});

test("a mistake is marked, and what comes before it is coloured", () => {
  expect(painted("action:x outcom:y z")).toEqual([
    "field:action:",
    "value:x",
    "operator: ",
    "fault:outcom",
    "rest::y z",
  ]);
});

test("what comes before a value that is not written yet keeps its colours", () => {
  expect(painted("-outcome:success actor:")).toEqual([
    "operator:-",
    "field:outcome:",
    "value:success",
    "operator: ",
    "field:actor:",
  ]);
});

test("the stretches of any text are that text", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "action:", '"', "\\", "(", ")", " ", "-", "OR ", "😀", "é") });
  fc.assert(
    fc.property(text, (query) => {
      expect(
        colourQuery(query)
          .map((token) => token.text)
          .join(""),
      ).toBe(query);
    }),
  );
});
