import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { QueryNode } from "./ast.ts";
import { QueryError } from "./errors.ts";
import { formatQuery, quoteValue } from "./format.ts";
import { QUERY_LIMITS } from "./limits.ts";
import { parseQuery } from "./parse.ts";

const nowMs = Date.UTC(2026, 10, 22, 12);
const parse = (text: string) => parseQuery(text, { nowMs });

/** The shape of a tree: operators, fields and values, without positions. */
function shape(node: QueryNode): unknown {
  switch (node.kind) {
    case "all":
      return "*";
    case "and":
    case "or":
      return [node.kind, ...node.children.map(shape)];
    case "not":
      return ["not", shape(node.child)];
    case "term":
      return [node.path ?? node.field, node.predicate];
    case "free":
      return node.phrase.words;
  }
}

const brief = (text: string) =>
  JSON.stringify(shape(parse(text)), (_key, value: unknown) =>
    typeof value === "object" && value !== null && "op" in value && value.op === "whole" && "glob" in value
      ? (value.glob as unknown[]).map((piece) => (piece === 0 ? "*" : piece === 1 ? "?" : piece)).join("")
      : value,
  ).replaceAll('"', "");

describe("grammar", () => {
  test.each([
    ["", "*"],
    ["  ", "*"],
    ["*", "*"],
    ["a OR b c", "[or,[[a]],[and,[[b]],[[c]]]]"],
    ["a AND b OR c", "[or,[and,[[a]],[[b]]],[[c]]]"],
    ["a (b OR c)", "[and,[[a]],[or,[[b]],[[c]]]]"],
    ["-a b", "[and,[not,[[a]]],[[b]]]"],
    ["NOT a OR b", "[or,[not,[[a]]],[[b]]]"],
    ["NOT NOT a", "[not,[not,[[a]]]]"],
    ["-(a b)", "[not,[and,[[a]],[[b]]]]"],
    ["- a", "[not,[[a]]]"],
    ["and or not", "[and,[[and]],[[or]],[[not]]]"],
    ["ANDROID ORDER", "[and,[[android]],[[order]]]"],
    ['"AND"', "[[and]]"],
    ["action:(a OR b* -c)", "[or,[action,a],[and,[action,b*],[not,[action,c]]]]"],
    ["action:(a OR (b c))", "[or,[action,a],[and,[action,b],[action,c]]]"],
    ["session:-x", "[session,-x]"],
    ["session:a-b", "[session,a-b]"],
    ["session:(a OR -b)", "[or,[session,a],[not,[session,b]]]"],
    ["USER:x", "[actor,{op:person,glob:[x],phrase:{words:[[x]],isWhole:false}}]"],
    ["session:a\\*b", "[session,a*b]"],
    ["session:a\\ b", "[session,a b]"],
    ["session:*", "[session,{op:exists}]"],
    ["2026-10-01T10:00:00Z", "[[2026],[10],[01t10],[00],[00z]]"],
    ["10:30", "[[10],[30]]"],
  ])("%s", (text, expected) => {
    expect(brief(text)).toBe(expected);
  });

  test("an escaped or quoted asterisk is no wildcard", () => {
    for (const text of ["session:a\\*", 'session:"a*"', "request:a\\?b"]) {
      const node = parse(text);
      expect(
        node.kind === "term" &&
          node.predicate.op === "whole" &&
          node.predicate.glob.every((p) => typeof p === "string"),
      ).toBe(true);
    }
  });

  test("the example of the documentation", () => {
    const node = parse(
      'action:document.* -outcome:success actor:jane@example.com ip:203.0.113.0/24 target.type:patient details.record_count:>1000 changes.field:retention after:2026-10-01 "free text"',
    );
    expect(node.kind === "and" && node.children.map((child) => child.kind)).toEqual([
      "term", "not", "term", "term", "term", "term", "term", "term", "free",
    ]); // biome-ignore format: one list
  });
});

describe("values", () => {
  const predicate = (text: string) => {
    const node = parse(text);
    return node.kind === "term" ? node.predicate : undefined;
  };
  const bound = (value: number, isInclusive = true) => ({ value, isInclusive });

  test.each([
    ["details.n:>1000", { op: "number", low: bound(1000, false), high: undefined }],
    ["details.n:>=-2.5", { op: "number", low: bound(-2.5), high: undefined }],
    ["details.n:<1e3", { op: "number", low: undefined, high: bound(1000, false) }],
    ["details.n:[1 TO 5]", { op: "number", low: bound(1), high: bound(5) }],
    ["details.n:[ * TO 5 ]", { op: "number", low: undefined, high: bound(5) }],
    ["details.n:1..5", { op: "number", low: bound(1), high: bound(5) }],
    ["details.n:..5", { op: "number", low: undefined, high: bound(5) }],
    ["details.n:-5", { op: "words", phrase: { words: [["5"]], isWhole: false }, number: -5 }],
    ['details.n:"5"', { op: "words", phrase: { words: [["5"]], isWhole: false }, number: undefined }],
    ["details.p:../a", { op: "words", phrase: { words: [["a"]], isWhole: false }, number: undefined }],
    ["sequence:7", { op: "number", low: bound(7), high: bound(7) }],
    [
      'details.region:="us-east"',
      { op: "words", phrase: { words: [["us"], ["east"]], isWhole: true }, number: undefined },
    ],
    ["description:/api/v*", { op: "words", phrase: { words: [["api"], ["v", 0]], isWhole: false }, number: undefined }],
    ["description:a*b?", { op: "words", phrase: { words: [["a", 0, "b", 1]], isWhole: false }, number: undefined }],
    ["description:*.pdf", { op: "words", phrase: { words: [[0], ["pdf"]], isWhole: false }, number: undefined }],
    ["description:患者", { op: "words", phrase: { words: [["患"], ["者"]], isWhole: false }, number: undefined }],
    ["after:2026-10-01", { op: "time", fromMs: Date.UTC(2026, 9, 1), toMs: undefined }],
    ["before:2026-10", { op: "time", fromMs: undefined, toMs: Date.UTC(2026, 9, 1) }],
    ["occurred_at:2026-10-01", { op: "time", fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 9, 2) }],
    ["occurred_at:>2026", { op: "time", fromMs: Date.UTC(2027, 0, 1), toMs: undefined }],
    ["occurred_at:<=2026-10", { op: "time", fromMs: undefined, toMs: Date.UTC(2026, 10, 1) }],
    ["time:[2026-10 TO 2026-11]", { op: "time", fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 11, 1) }],
    ["time:2026-10-01..", { op: "time", fromMs: Date.UTC(2026, 9, 1), toMs: undefined }],
    [
      'received_at:"2026-10-01 08:30+02:00"',
      { op: "time", fromMs: Date.UTC(2026, 9, 1, 6, 30), toMs: Date.UTC(2026, 9, 1, 6, 31) },
    ],
    ["after:-7d", { op: "time", fromMs: nowMs - 7 * 86_400_000, toMs: undefined }],
    ["before:now", { op: "time", fromMs: undefined, toMs: nowMs }],
    ["ip:10.1.2.3", { op: "ip", low: "00000000000000000000ffff0a010203", high: "00000000000000000000ffff0a010203" }],
    [
      "ip:203.0.113.77/24",
      { op: "ip", low: "00000000000000000000ffffcb007100", high: "00000000000000000000ffffcb0071ff" },
    ],
    ["ip:10.*", { op: "ip", low: "00000000000000000000ffff0a000000", high: "00000000000000000000ffff0affffff" }],
    [
      "ip:2001:db8::/32",
      { op: "ip", low: "20010db8000000000000000000000000", high: "20010db8ffffffffffffffffffffffff" },
    ],
    [
      "ip:10.0.0.1..10.0.0.9",
      { op: "ip", low: "00000000000000000000ffff0a000001", high: "00000000000000000000ffff0a000009" },
    ],
    ["outcome:SUCCESS", { op: "whole", glob: ["success"] }],
    ["actor.name:Jane", { op: "person", glob: undefined, phrase: { words: [["jane"]], isWhole: false } }],
    ["actor.ref:sub_A", { op: "whole", glob: ["sub_A"] }],
  ])("%s", (text, expected) => {
    expect(predicate(text)).toEqual(expected);
  });

  test("paths are folded, quoted segments too", () => {
    const node = parse('detail.Address."Zip Code":1010');
    expect(node.kind === "term" && node.path).toBe("details.address.zip code");
  });
});

describe("errors", () => {
  test.each([
    ["acton:x", "unknown_field", 0, 5, "action"],
    ["a resurce:x", "unknown_field", 2, 7, "resource"],
    ["x https://example.com", "unknown_field", 2, 5, undefined],
    ["outcome:sucess", "unknown_value", 8, 6, "success"],
    ["verb:zzzzz", "unknown_value", 5, 5, undefined],
    ["a (b OR c", "parenthesis_unbalanced", 2, 1, undefined],
    ["a) b", "parenthesis_unbalanced", 1, 1, undefined],
    ['a "b', "quote_unterminated", 2, 2, undefined],
    ["a OR", "unexpected", 4, 0, undefined],
    ["a OR OR b", "unexpected", 5, 1, undefined],
    ["AND a", "unexpected", 0, 1, undefined],
    ["()", "unexpected", 1, 1, undefined],
    ["-", "unexpected", 1, 0, undefined],
    ["action:", "empty_value", 7, 1, undefined],
    ["action: x", "empty_value", 7, 1, undefined],
    ['action:""', "empty_value", 7, 2, undefined],
    ["details.n:>x", "number_invalid", 11, 1, undefined],
    ["details.n:[1 TO x]", "number_invalid", 16, 1, undefined],
    ["details.n:[1 5]", "range_invalid", 10, 3, undefined],
    ["action:>x", "operator_not_supported", 8, 1, undefined],
    ["session:[a TO b]", "operator_not_supported", 8, 8, undefined],
    ["after:>2026", "operator_not_supported", 7, 4, undefined],
    ["after:2026-02-30", "time_invalid", 6, 10, undefined],
    ["occurred_at:-7d", "time_invalid", 12, 3, undefined],
    ["ip:1.2.3", "ip_invalid", 3, 5, undefined],
    ["ip:10.0.0.0/33", "ip_invalid", 3, 11, undefined],
    ["description:---", "nothing_to_search", 12, 3, undefined],
    ["…", "nothing_to_search", 0, 1, undefined],
    ["a*b*c*d*e*f*g*h*i*j", "too_many_wildcards", 0, 19, undefined],
  ])("%s", (text, fault, offset, length, suggestion) => {
    expect.assertions(2);
    try {
      parse(text);
    } catch (error) {
      expect(error).toMatchObject({ code: "query_invalid", fault, suggestion, place: { offset, length } });
      expect((error as Error).message.length).toBeGreaterThan(20);
    }
  });

  test("come from limits, not from running out of something", () => {
    const fault = (text: string) => {
      try {
        parse(text);
        return undefined;
      } catch (error) {
        return (error as QueryError).fault;
      }
    };
    expect(fault("(".repeat(5_000))).toBe("too_deep");
    expect(fault("-".repeat(5_000))).toBe("too_deep");
    expect(fault("NOT ".repeat(100))).toBe("too_deep");
    expect(fault("a".repeat(QUERY_LIMITS.chars + 1))).toBe("too_long");
    expect(fault("a ".repeat(QUERY_LIMITS.terms + 1))).toBe("too_many_terms");
    expect(fault("a* ".repeat(QUERY_LIMITS.wildcards + 1))).toBe("too_many_wildcards");
    expect(fault(`"${"a ".repeat(QUERY_LIMITS.phraseWords + 1)}"`)).toBe("too_long");
    expect(fault("a ".repeat(QUERY_LIMITS.terms))).toBeUndefined();
  });
});

describe("any text at all", () => {
  const pieces = fc.constantFrom(
    "action:", "details.x:", "details.\"a b\":", "actor:", "ip:", "after:", "a", "b*", "?", '"', "(", ")", "-", " ", " OR ", " AND ",
    "NOT ", "[", " TO ", "]", "..", ">", "<=", "=", "\\", "1", "-5", "2026-10-01", "10.0.0.0/8", "*", ":", "ü", "患", "{sub_x}", "\u0000", "\ud800",
  ); // biome-ignore format: one list
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 15 }).map((each) => each.join("")),
    fc.string({ unit: "binary", maxLength: 40 }),
  );

  test("is either read or refused with a place inside it", () => {
    fc.assert(
      fc.property(text, (query) => {
        try {
          parse(query);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          const { place } = error as QueryError;
          expect(place.offset).toBeGreaterThanOrEqual(0);
          expect((place.offset ?? 0) + (place.length ?? 0)).toBeLessThanOrEqual(query.length + 1);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test("that is read can be written back and read again", () => {
    fc.assert(
      fc.property(text, (query) => {
        let node: QueryNode;
        try {
          node = parse(query);
        } catch {
          return;
        }
        const again = parse(formatQuery(node));
        expect(shape(again)).toEqual(shape(node));
        expect(formatQuery(again)).toBe(formatQuery(node));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each(["a OR action:\\", "a OR session:x\\", "a OR b\\\\\\"])(
    "a backslash at the end of %s means itself wherever it is written back",
    (query) => {
      const node = parse(query);
      expect(shape(parse(formatQuery(parse(`(${formatQuery(node)}) x`))))).toEqual(shape(parse(`(${query}\\) x`)));
    },
  );

  test("can be quoted to mean itself", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), (value) => {
        const node = parse(`session:${quoteValue(value)}`);
        expect(node.kind === "term" && node.predicate.op === "whole" && node.predicate.glob.length).toBe(1);
      }),
    );
  });
});
