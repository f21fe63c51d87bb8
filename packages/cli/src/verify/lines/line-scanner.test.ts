import { type Disclosure, encodeEntry, eventRoot, formatDisclosure, sha256, verifyDisclosure } from "@cairn/merkle";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasExactly, isCount, isObject, parsePlainJson } from "../plain-json.ts";
import { createLineScanner } from "./line-scanner.ts";
import { type LineRecord, readRecords } from "./scanned-lines.ts";

const LOG = { ledger: 3, size: 5_000_000_000, origin: "cairn-test/Ünï" };
const ORIGIN_TEXT = JSON.stringify(LOG.origin);
const scan = createLineScanner(LOG)!;

interface Scanned {
  readonly record: Readonly<LineRecord>;
  readonly root: Uint8Array;
  readonly line: Uint8Array;
}

function scanned(text: string | Uint8Array): readonly Scanned[] {
  const block = Buffer.from(text as string);
  const result = scan(block);
  expect(result.end).toBe(block.length);
  return Array.from(readRecords(result), (record) => {
    const copy = { ...record };
    return {
      record: copy,
      root: result.records.slice(copy.rootAt, copy.rootAt + 32),
      line: block.subarray(copy.start, copy.end),
    };
  });
}

/** Reads a line in the exact, slow way, against an entry with the root that the scanner found. */
function slowly(line: Uint8Array, root: Uint8Array): Pick<LineRecord, "state" | "sequence"> | "not in order" {
  const value = parsePlainJson(line);
  if (!isObject(value) || !hasExactly(value, ["ledger", "sequence", "disclosure"])) return "not in order";
  const { ledger, sequence, disclosure } = value;
  if (ledger !== LOG.ledger || !isCount(sequence) || sequence >= LOG.size) return "not in order";
  const verdict = verifyDisclosure(disclosure, encodeEntry({ kind: "event", receivedAt: 1, eventRoot: root }));
  if (!verdict.ok) return "not in order";
  const log = verdict.units.find(({ path }) => path === "/log");
  if (log === undefined || Buffer.from(log.value).toString() !== ORIGIN_TEXT) return "not in order";
  return { state: verdict.redactedCount > 0 ? "redacted" : "shown", sequence };
}

interface RawUnit {
  readonly salt: Uint8Array;
  readonly unit: Uint8Array;
}

/** A unit that may be none: whatever bytes for a path and a value. */
function rawUnit(path: string | Uint8Array, value: string | Uint8Array, salt: Uint8Array): RawUnit {
  const pathBytes = Buffer.from(path as string);
  const head = Buffer.of(pathBytes.length >> 8, pathBytes.length & 255);
  return { salt, unit: Buffer.concat([head, pathBytes, Buffer.from(value as string)]) };
}

function saltOf(seed: string): Uint8Array {
  return sha256(Buffer.from(seed)).subarray(0, 16);
}

function rootOf({ units, redacted }: { readonly units: readonly RawUnit[]; readonly redacted: readonly Uint8Array[] }) {
  const shown = units.map(({ salt, unit }) => sha256(Buffer.concat([Buffer.of(0x10), salt, unit])));
  return eventRoot([...shown, ...redacted]);
}

const LOG_UNIT = rawUnit("/log", ORIGIN_TEXT, saltOf("log"));

function lineOf(sequence: number, disclosure: Disclosure): string {
  return JSON.stringify({ ledger: LOG.ledger, sequence, disclosure });
}

/** Paths that are often in each other's way. */
const path = fc.oneof(
  fc
    .array(fc.constantFrom("a", "b", "log", "~0", "~1", "é", "漢", "😀", ""), { minLength: 1, maxLength: 3 })
    .map((parts) => `/${parts.join("/")}`),
  fc.string({ unit: "grapheme" }).map((text) => `/${text.replaceAll("~", "~0").replaceAll("/", "~1")}`),
);
const value = fc.oneof(
  fc.json(),
  fc.jsonValue().map((json) => JSON.stringify(json)),
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
);
const salt = fc.uint8Array({ minLength: 16, maxLength: 16 });
const honestUnits = fc
  .uniqueArray(fc.tuple(path, value, salt), { maxLength: 24, selector: ([each]) => each })
  .map((units) => {
    const paths = new Set(units.map(([each]) => each));
    const isFree = (each: string) =>
      each !== "/log" &&
      !each.startsWith("/log/") &&
      ![...paths].some((other) => other !== each && each.startsWith(`${other}/`));
    return units.filter(([each]) => isFree(each)).map(([each, text, bytes]) => rawUnit(each, text, bytes));
  });
const redacted = fc.uniqueArray(fc.uint8Array({ minLength: 32, maxLength: 32 }), {
  maxLength: 4,
  selector: (bytes) => Buffer.from(bytes).toString("hex"),
});
const sequence = fc.oneof(fc.nat(1000), fc.integer({ min: 0, max: LOG.size - 1 }));
const event = fc.record({ units: honestUnits, redacted, sequence });

describe("a line in order", () => {
  test("is read, with its sequence and its root", () => {
    const property = fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const shown = events.map((each) => ({ ...each, units: [LOG_UNIT, ...each.units] }));
      const text = shown.map((each) => `${lineOf(each.sequence, formatDisclosure(each))}\n`).join("");
      const found = scanned(text);
      expect(found.length).toBe(events.length);
      for (const [i, { record, root, line }] of found.entries()) {
        const each = shown[i]!;
        expect(Buffer.from(line).toString()).toBe(lineOf(each.sequence, formatDisclosure(each)));
        expect(record.state).toBe(each.redacted.length === 0 ? "shown" : "redacted");
        expect(record.sequence).toBe(each.sequence);
        expect(root).toEqual(rootOf(each));
        expect(slowly(line, root)).toEqual({ state: record.state, sequence: record.sequence });
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  test.each([1, 2, 3, 4, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1_000, 100_000])(
    "with a value of %i bytes is read",
    (length) => {
      const unit = rawUnit("/a", JSON.stringify("x".repeat(length)), saltOf("a"));
      const [found] = scanned(`${lineOf(0, formatDisclosure({ units: [LOG_UNIT, unit], redacted: [] }))}`);
      expect(found).toMatchObject({
        record: { state: "shown" },
        root: rootOf({ units: [LOG_UNIT, unit], redacted: [] }),
      });
    },
  );

  test("with as many units as there may be is read, with one more not", () => {
    const units = Array.from({ length: 1024 }, (_, i) => (i === 0 ? LOG_UNIT : rawUnit(`/x${i}`, "1", saltOf(`${i}`))));
    const more = formatDisclosure({ units, redacted: [sha256(saltOf("x"))] });
    const exact = formatDisclosure({ units, redacted: [] });
    const lines = [exact, more, exact].map((each, i) => `${lineOf(i, each)}\n`).join("");
    expect(scanned(lines).map(({ record }) => record.state)).toEqual(["shown", "left", "shown"]);
  });

  test("that has a commitment twice is left", () => {
    const twice = formatDisclosure({ units: [LOG_UNIT], redacted: [sha256(saltOf("a")), sha256(saltOf("a"))] });
    expect(scanned(lineOf(0, twice)).map(({ record }) => record.state)).toEqual(["left"]);
  });
});

/** Units that are no units, or in each other's way. */
const anyUnit = fc.oneof(
  fc.tuple(path, value, salt).map(([each, text, bytes]) => rawUnit(each, text, bytes)),
  fc
    .tuple(
      fc.constantFrom("/a", "/a/b", "/a/b/c", "/ab", "a", "", "/", "//", "/~", "/~2", "/a~", "/log", "/log/x"),
      value,
      salt,
    )
    .map(([each, text, bytes]) => rawUnit(each, text, bytes)),
  fc
    .tuple(
      path,
      fc.constantFrom(...["", " 1", "1 ", "01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "tru", "nul", "[1,]"]),
      salt,
    )
    .map(([each, text, bytes]) => rawUnit(each, text, bytes)),
  fc
    .tuple(
      path,
      fc.constantFrom(
        ...[
          '{"a":1,}',
          '{"a"}',
          "{a:1}",
          '"a',
          '"\\x"',
          '"\\u12"',
          '"\n"',
          '"\t"',
          "[",
          "{}{}",
          "\ufeff1",
          "[[]",
          "1]",
        ],
      ),
      salt,
    )
    .map(([each, text, bytes]) => rawUnit(each, text, bytes)),
  fc
    .tuple(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 12 }), salt)
    .map(([a, b, c]) =>
      rawUnit(Buffer.concat([Buffer.from("/"), a]), Buffer.concat([Buffer.from('"'), b, Buffer.from('"')]), c),
    ),
  fc.tuple(fc.uint8Array({ maxLength: 40 }), salt).map(([unit, bytes]) => ({ unit, salt: bytes })),
);

type Edit = (line: Buffer, at: number, other: number) => Uint8Array;
const splice = (line: Buffer, at: number, removed: number, added: string | Uint8Array) =>
  Buffer.concat([line.subarray(0, at), Buffer.from(added as string), line.subarray(at + removed)]);
/** Puts something where a piece of text stands, if it stands somewhere. */
const swap =
  (from: string, to: string): Edit =>
  (line) =>
    Buffer.from(line.toString("latin1").replace(from, to), "latin1");
const EDITS: readonly Edit[] = [
  (line, at, other) => splice(line, at, 1, Uint8Array.of(line[at]! ^ (1 << (other % 8)))),
  (line, at, other) => splice(line, at, 1, Uint8Array.of(other)),
  (line, at) => splice(line, at, 1, ""),
  (line, at) => splice(line, at, 0, " "),
  (line, at) => splice(line, at, 0, line.subarray(at, at + 1)),
  (line, at, other) => splice(line, at, other, ""),
  (line, at) => line.subarray(0, at),
  (line) => Buffer.from(`${line.toString()} `),
  (line) => Buffer.from(`\ufeff${line.toString()}`),
  (line) => Buffer.from(`${line.toString()}\r`),
  swap('"ledger":3', '"ledger":3,"ledger":3'),
  swap('"ledger":3', '"ledger":3.0'),
  swap('"ledger":3', '"ledger":03'),
  swap('"ledger":3', '"ledger":33'),
  swap('"ledger":3', '"led\\u0067er":3'),
  swap('"sequence":', '"sequence":0'),
  swap('"sequence":', '"sequence":-'),
  swap('"sequence":', '"sequence":9999999999999999'),
  swap(',"disclosure"', 'e0,"disclosure"'),
  swap(',"disclosure"', '.0,"disclosure"'),
  swap('"v":1', '"v":1.0'),
  swap('"v":1', '"v":1,"v":1'),
  swap('"v":1', '"v":2'),
  swap('"v":1,', ""),
  swap('=="', '="'),
  swap('=="', '"'),
  swap('=="', '\\u003d="'),
  swap('=="', '==\\n"'),
  swap("/", "\\/"),
  swap("/", "_"),
  swap("+", "-"),
  swap("]]", "],[]]"),
  swap("]]", "],]"),
  swap("]]", ',""]]'),
  swap("]}}", ',"AA=="]}}'),
  swap("]}}", '],"more":1}}'),
  swap("]}}", "]}}}"),
  (line) => {
    const { ledger, sequence: number, disclosure } = JSON.parse(line.toString()) as Record<string, unknown>;
    return Buffer.from(JSON.stringify({ sequence: number, ledger, disclosure }));
  },
  (line) => {
    const whole = JSON.parse(line.toString()) as { disclosure: { units: unknown; redacted: unknown } };
    const { units, redacted: hidden } = whole.disclosure;
    return Buffer.from(JSON.stringify({ ...whole, disclosure: { v: 1, redacted: hidden, units } }));
  },
  (line) => Buffer.from(JSON.stringify(JSON.parse(line.toString()), null, 1).replaceAll("\n", " ")),
];

describe("whatever is read is in order the slow way too", () => {
  /** Holds each line that the scanner read against the slow way; tells how many those were. */
  function check(lines: readonly Uint8Array[]): number {
    const block = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
    let count = 0;
    for (const { record, root, line } of scanned(block)) {
      if (record.state === "left") continue;
      count++;
      expect(slowly(line, root)).toEqual({ state: record.state, sequence: record.sequence });
    }
    return count;
  }

  test("of units of any kind", () => {
    let read = 0;
    const property = fc.property(
      fc.array(anyUnit, { maxLength: 4 }),
      redacted,
      fc.boolean(),
      (units, hidden, isFirst) => {
        const shown = isFirst ? [LOG_UNIT, ...units] : [...units, LOG_UNIT];
        read += check([Buffer.from(lineOf(1, formatDisclosure({ units: shown, redacted: hidden })))]);
      },
    );
    fc.assert(property, { numRuns: 3_000 });
    expect(read).toBeGreaterThan(100);
  });

  test("of lines that were damaged anywhere", () => {
    const property = fc.property(event, fc.constantFrom(...EDITS), fc.nat(), fc.nat(255), (each, edit, at, other) => {
      const units = [LOG_UNIT, ...each.units];
      const line = Buffer.from(lineOf(each.sequence, formatDisclosure({ units, redacted: each.redacted })));
      const damaged = edit(line, at % line.length, other);
      // Its neighbours are read as if nothing had happened.
      expect(check([line, damaged, line])).toBeGreaterThanOrEqual(2);
    });
    fc.assert(property, { numRuns: 4_000 });
  });

  test("of one line with each of its bytes changed in several ways", () => {
    const units = [LOG_UNIT, rawUnit("/a~1", '["é",{"b":-1.5e3}]', saltOf("a"))];
    const line = Buffer.from(lineOf(7, formatDisclosure({ units, redacted: [sha256(saltOf("b"))] })));
    for (let at = 0; at < line.length; at++) {
      const others = [1, 2, 4, 8, 16, 32, 64, 128, 255].map((mask) => line[at]! ^ mask);
      check([...others, 0x0a, 0x20, 0x22, 0x5c].map((byte) => splice(line, at, 1, Uint8Array.of(byte))));
      check([splice(line, at, 0, " "), splice(line, at, 1, ""), line.subarray(0, at)]);
    }
  });
});

describe("a block", () => {
  const line = lineOf(1, formatDisclosure({ units: [LOG_UNIT], redacted: [] }));

  test("of very many short lines is scanned as far as there is room", () => {
    const block = Buffer.from(`${line}\n`.repeat(3) + "\n".repeat(20_000));
    const result = scan(block);
    expect(result.isComplete).toBe(false);
    expect(result.count).toBe(16_384);
    expect(result.end).toBe(3 * (line.length + 1) + 16_384 - 3);
  });

  test("that no newline ends is scanned, and an empty one too", () => {
    expect(scanned(line).map(({ record }) => record.state)).toEqual(["shown"]);
    expect(scanned("")).toEqual([]);
    expect(scanned("\n\n").map(({ record }) => [record.state, record.start, record.end])).toEqual([
      ["left", 0, 0],
      ["left", 1, 1],
    ]);
  });

  test("after a longer one shows nothing of it", () => {
    scan(Buffer.from(`${line}\n`.repeat(50)));
    for (let cut = 0; cut < line.length; cut++) {
      expect(scanned(line.slice(0, cut)).map(({ record }) => record.state)).toEqual(cut === 0 ? [] : ["left"]);
    }
  });
});
