import { fold, refsIn, toWords } from "@cairn/event";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TextColumn } from "./text-column.ts";

const text = fc.oneof(
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  {
    weight: 5,
    arbitrary: fc
      .array(fc.constantFrom("Ab", "c1", " ", "_", "-", "{sub_a-b_1}", "{sub_}", "{sub_é}", "{", "}", "ü", "患", "\0", "x".repeat(101), "¤", `{sub_${"y".repeat(81)}}`), { maxLength: 12 })
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 120, maxLength: 140 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 16_300, maxLength: 16_500 }) },
); // biome-ignore format: one list

/** Reads the texts of a column back: a length in LEB128, then bytes. */
function textsOf(column: TextColumn): string[] {
  const bytes = column.bytes.written();
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    texts.push(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at, at + length)));
    at += length;
  }
  return texts;
}

describe("a text column", () => {
  test("holds what the event room makes of texts, however they are written", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const column = new TextColumn();
        const markers: string[] = [];
        const onMarker = (ref: string) => markers.push(ref);
        for (const each of texts) {
          column.push(each);
          column.pushFolded(each);
          column.pushWords(each, onMarker);
        }
        column.pushWordLines(texts, texts.length, onMarker);
        const words = texts.map(toWords);
        const lines = words.filter((each) => each !== "").join("\n");
        expect(textsOf(column)).toEqual([
          ...texts.flatMap((each, i) => [each.toWellFormed(), fold(each), words[i]]),
          lines,
        ]);
        const refs = words.flatMap(refsIn);
        expect(markers.filter((ref) => !refs.includes(ref))).toEqual([]);
        expect(new Set(markers)).toEqual(new Set(refs));
      }),
      { numRuns: 1_000 },
    );
  });
});
