import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold } from "./fold.ts";
import { formatIpHex, ipHex, parseIpRange } from "./ip.ts";
import { eachLeaf, isUnder, numberOfText } from "./leaves.ts";
import { ANY_ONE, ANY_RUN, compileGlob, type Piece, simplify } from "./pattern.ts";
import { compilePhrase, toPhrase } from "./phrase.ts";
import { nearest } from "./suggest.ts";
import { parseTimeSpan } from "./time.ts";
import { foldCut, refsIn, refWord, toWords, wordRef } from "./words.ts";

describe("fold", () => {
  test.each([
    ["ÄÖÜ", "äöü"],
    ["STRASSE", "strasse"],
    ["Straße", "straße"],
    ["İstanbul", "istanbul"],
    ["ΣΑΣ", "σασ"],
    ["ＡＢＣ", "abc"],
    ["e\u0301", "é"],
    ["a\u0000¤b", "a\ufffd\ufffdb"],
    ["\ud800x", "\ufffdx"],
  ])("%s", (text, expected) => {
    expect(fold(text)).toBe(expected);
  });

  test("twice is the same as once, for every character and random texts", () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const text = String.fromCodePoint(code);
      const folded = fold(text);
      if (fold(folded) !== folded) expect.fail(`U+${code.toString(16)}`);
    }
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => fold(fold(text)) === fold(text)),
      { numRuns: 5_000 },
    );
  });
});

describe("words", () => {
  test.each([
    ["Viewed “Q3_Report.pdf”!", " viewed q3 report pdf "],
    ["", ""],
    ["---", ""],
    ["患者3号", " 患 者 3 号 "],
    ["हिन्दी भाषा", " हिन्दी भाषा "],
    ["a{sub_x-1}b", " a ¤sub¤x¬1 b "],
    ["{sub_} {sub x} {sub_é}", " sub sub x sub é "],
    [`${"x".repeat(150)} y`, ` ${"x".repeat(100)} y `],
    ["ÜBER-uns", " über uns "],
  ])("%s", (text, expected) => {
    expect(toWords(text)).toBe(expected);
  });

  test("references become words and come back", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^sub_[0-9A-Za-z_-]{1,40}$/), (ref) => {
        expect(wordRef(refWord(ref))).toBe(ref);
        expect(refsIn(toWords(`x{${ref}}y {${ref}}`))).toEqual([ref, ref]);
        expect(refsIn(foldCut(`x{${ref}}y`))).toEqual([ref]);
      }),
    );
    expect(refsIn(toWords("¤sub¤x"))).toEqual([]);
  });
});

describe("patterns", () => {
  const piece = fc.oneof(fc.constantFrom("a", "b", "ab", "é", "😀", "a.c"), fc.constant(ANY_RUN), fc.constant(ANY_ONE));
  const regex = (pieces: readonly Piece[]) =>
    new RegExp(
      `^${pieces.map((each) => (each === ANY_RUN ? ".*" : each === ANY_ONE ? "." : each.replace(".", "\\."))).join("")}$`,
      "su",
    );

  test("match as the regular expression would", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", "é", "😀", ".", "\n"), { maxLength: 8 })
      .map((each) => each.join(""));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), text, (pieces, each) => {
        const glob = simplify(pieces as Piece[]);
        expect(compileGlob(glob)(each)).toBe(regex(glob).test(each));
      }),
      { numRuns: 20_000 },
    );
  });

  test("stay fast on hostile patterns", () => {
    const glob = simplify(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? ANY_RUN : "a")));
    const started = performance.now();
    expect(compileGlob([...glob, "b"])("a".repeat(100_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test.each([
    ["retent*", "the retention policy", true],
    ["ten*", "the retention policy", false],
    ["*tention", "the retention policy", true],
    ["retention pol?cy", "the retention policy", true],
    ["the * policy", "the retention policy", true],
    ["the * * policy", "the retention policy", false],
    ["retention*policy", "the retention policy", false],
    ["*", "{sub_1}", false],
    ["su*", "{sub_1}", false],
  ])("%s in words of %s", (pattern, text, expected) => {
    const pieces = simplify([...pattern].map((each) => (each === "*" ? ANY_RUN : each === "?" ? ANY_ONE : each)));
    expect(compilePhrase(toPhrase(pieces, { isWhole: false }))(toWords(text))).toBe(expected);
  });
});

describe("addresses", () => {
  test.each([
    ["::ffff:10.0.0.1", "00000000000000000000ffff0a000001"],
    ["2001:DB8::1", "20010db8000000000000000000000001"],
    ["::", undefined],
    ["010.0.0.1", undefined],
    ["example", undefined],
  ])("%s", (text, hex) => {
    expect(ipHex(text)).toBe(hex);
  });

  test("blocks hold exactly the addresses with their prefix", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (block, address, prefix) => {
        const range = parseIpRange(`${block}/${prefix}`);
        const hex = ipHex(address) ?? "";
        const number = (text: string) => text.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
        const size = 2 ** (32 - prefix);
        const isInside = Math.floor(number(block) / size) === Math.floor(number(address) / size);
        expect(range !== undefined && hex >= range.low && hex <= range.high).toBe(isInside);
      }),
      { numRuns: 2_000 },
    );
    expect(parseIpRange("::/0")).toEqual({ low: `${"0".repeat(31)}1`, high: "f".repeat(32) });
    for (const text of ["10.0.0.0/", "10.0.0.0/8/8", "10.*.1", "1.2.3.4.*", "::/129", "300.*"])
      expect(parseIpRange(text)).toBeUndefined();
    expect(formatIpHex("20010db8000000000000000000000001")).toBe("2001:0db8:0000:0000:0000:0000:0000:0001");
  });
});

describe("times", () => {
  const nowMs = Date.UTC(2026, 2, 31, 10, 20, 30, 400);
  test.each([
    ["2026", Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)],
    ["2026-12", Date.UTC(2026, 11, 1), Date.UTC(2027, 0, 1)],
    ["2024-02-29", Date.UTC(2024, 1, 29), Date.UTC(2024, 2, 1)],
    ["2026-10-01T08", Date.UTC(2026, 9, 1, 8), Date.UTC(2026, 9, 1, 9)],
    ["2026-10-01t08:30:15.5Z", Date.UTC(2026, 9, 1, 8, 30, 15, 500), Date.UTC(2026, 9, 1, 8, 30, 15, 501)],
    ["2026-10-01T00:00-0230", Date.UTC(2026, 9, 1, 2, 30), Date.UTC(2026, 9, 1, 2, 31)],
    ["2026-10-01+02", Date.UTC(2026, 8, 30, 22), Date.UTC(2026, 9, 1, 22)],
    ["today", Date.UTC(2026, 2, 31), Date.UTC(2026, 3, 1)],
    ["yesterday", Date.UTC(2026, 2, 30), Date.UTC(2026, 2, 31)],
    ["now", nowMs, nowMs + 1],
    ["-1M", Date.UTC(2026, 1, 28, 10, 20, 30, 400), Date.UTC(2026, 1, 28, 10, 20, 30, 401)],
    ["-1y", Date.UTC(2025, 2, 31, 10, 20, 30, 400), Date.UTC(2025, 2, 31, 10, 20, 30, 401)],
    ["+90m", nowMs + 5_400_000, nowMs + 5_400_001],
    ["-500ms", nowMs - 500, nowMs - 499],
  ])("%s", (text, startMs, endMs) => {
    expect(parseTimeSpan(text, nowMs)).toMatchObject({ startMs, endMs });
  });

  test.each([
    "2026-13",
    "2026-02-29",
    "2026-10-01T24",
    "2026-10-01T10:60",
    "2026-10-01T10:00:60",
    "2026-10-01T10:00+24:00",
    "7d",
    "-7",
    "-7q",
    "0999",
    "26",
    "tomorrow",
    "2026-1-1",
    "-999999y",
  ])("%s is none", (text) => {
    expect(parseTimeSpan(text, nowMs)).toBeUndefined();
  });
});

describe("leaves", () => {
  test("are values under folded paths, without positions and nulls", () => {
    const leaves: unknown[] = [];
    eachLeaf(
      {
        details: { A: { "b.c": [1, "x", null, { d: true }] }, n: "1523", e: "", big: "1e999", t: "2026-10-01" },
        labels: { Env: "prod" },
        changes: [{ field: "F", before: { days: 90 }, after: "180 days" }],
      } as never,
      (...leaf) => leaves.push(leaf),
    );
    expect(leaves).toEqual([
      ["details.a.b.c", "", 1],
      ["details.a.b.c", "x", Number.NaN],
      ["details.a.b.c.d", "true", Number.NaN],
      ["details.n", "1523", 1523],
      ["details.e", "", Number.NaN],
      ["details.big", "1e999", Number.NaN],
      ["details.t", "2026-10-01", Number.NaN],
      ["labels.env", "prod", Number.NaN],
      ["changes.field", "F", Number.NaN],
      ["changes.before.days", "", 90],
      ["changes.after", "180 days", Number.NaN],
    ]);
  });

  test("stop at their number and depth", () => {
    let count = 0;
    eachLeaf({ details: Array.from({ length: 5_000 }, (_, i) => i) } as never, () => count++);
    expect(count).toBe(2_000);
    let deep: unknown = "x";
    for (let i = 0; i < 100; i++) deep = [deep];
    eachLeaf({ details: deep } as never, () => count++);
    expect(count).toBe(2_000);
  });

  test("numbers are JSON numbers", () => {
    for (const text of ["0", "-1", "1.5", "1e6", "1E-2"]) expect(numberOfText(text)).toBe(Number(text));
    for (const text of ["", "-", "01", "+1", "1.", ".5", "0x1", "1_000", " 1", "NaN", "Infinity", "1e999"])
      expect(numberOfText(text)).toBeNaN();
  });

  test("a path is under itself and its parents", () => {
    expect(isUnder("details.a.b", "details.a")).toBe(true);
    expect(isUnder("details.a", "details.a")).toBe(true);
    expect(isUnder("details.ab", "details.a")).toBe(false);
  });
});

test("suggestions are near, or none", () => {
  expect(nearest("descripton", ["description", "details"])).toBe("description");
  expect(nearest("ouctome", ["outcome", "action"])).toBe("outcome");
  expect(nearest("zzz", ["outcome", "action"])).toBeUndefined();
  expect(nearest("x".repeat(10_000), ["outcome"])).toBeUndefined();
});
