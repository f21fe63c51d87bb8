import { expect, test } from "vitest";
import { jsonModeOf } from "./read-document.ts";

test.each([
  ['{"a": 1}\n{"a"', "lines"],
  ['\n\ufeff{"a": 1}\n', "lines"],
  ['\0\0{"a": 1}\n', "lines"],
  ['{"a": 1,}\n{"a": 2}\n', "lines"],
  ["no json\n", "lines"],
  ['{"Records": [{}]}\n', "lines"],
  ['{\n  "a": 1\n}\n', "document"],
  ['{"Records": [\n', "document"],
  ["[\n", "document"],
  ['[{"a": 1}]\n', "document"],
  [`{"a": "${"x".repeat(1 << 20)}"}\n`, "document"],
  ['{"a": 1}', undefined],
  ["", undefined],
  ["\n \n", undefined],
])("%.30j is %s", (text, mode) => {
  expect(jsonModeOf(Buffer.from(text))).toBe(mode);
});
