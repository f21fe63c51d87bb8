import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatDisclosure } from "@cairn/merkle";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFilledInstance, type FilledInstance } from "../fsck/filled-instance.fixture.ts";
import { EventReader } from "../index.ts";
import { discloseEvent } from "../read/disclose.ts";
import type { StoredEvent } from "../read/stored-event.ts";
import { createLineWriter } from "./disclosure-lines.ts";
import { createEvidenceReader } from "./evidence-reader.ts";
import { readWanted } from "./read-wanted.ts";

const ORIGIN = "cairn-test/Ünï";
/** More than there are. */
const EVENTS = 700;

let directory: string;
let instance: FilledInstance;
let tenantNo: number;
let events: readonly StoredEvent[];
/** The first sequence that lies in the journal; those before it lie in segments. */
let journalFrom: number;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-lines-test-"));
  instance = createFilledInstance(directory);
  tenantNo = instance.tenants[0]!;
  const reader = new EventReader(instance.side);
  const all = Array.from({ length: EVENTS }, (_, sequence) => sequence);
  // One by one, as every other reader finds them.
  events = all.flatMap((sequence) => reader.event(tenantNo, 1, sequence) ?? []);
  reader.close();
  journalFrom = instance.side.db.get<{ first: number }>(
    "SELECT min(first) AS first FROM journal WHERE tenant_no = ? AND ledger = 1",
    tenantNo,
  )!.first;
});
afterAll(() => {
  instance.close();
  rmSync(directory, { recursive: true });
});

function lineOf(event: StoredEvent, show?: (path: string) => boolean): string {
  const disclosure = formatDisclosure(discloseEvent(event, ORIGIN, show));
  return `${JSON.stringify({ ledger: event.ledger, sequence: event.sequence, disclosure })}\n`;
}

test("the instance has events in segments and in the journal, joint units, people who were forgotten", () => {
  const parts = events.flatMap((event) => event.parts);
  expect(events.length).toBeGreaterThan(400);
  const joint = events.flatMap(({ sequence, parts }) =>
    parts.filter(({ refs }) => refs.length > 1).map(({ value }) => ({ isInJournal: sequence >= journalFrom, value })),
  );
  expect(joint.some(({ isInJournal }) => isInJournal)).toBe(true);
  expect(joint.some(({ isInJournal, value }) => !isInJournal && value !== undefined)).toBe(true);
  expect(joint.some(({ value }) => value === undefined)).toBe(true);
  expect(parts.some(({ value }) => value === undefined)).toBe(true);
});

describe("a written line", () => {
  test("is the disclosure as JSON.stringify writes it, whatever is shown", () => {
    for (const show of [undefined, () => false, (path: string) => path < "/d", (path: string) => path === "/log"]) {
      const writer = createLineWriter({ ledger: 1, origin: ORIGIN, show });
      const ends = events.map((event) => writer.event(event));
      const lines = events.map((event) => lineOf(event, show));
      expect(writer.bytes().toString()).toBe(lines.join(""));
      let length = 0;
      expect(ends).toEqual(lines.map((line) => (length += Buffer.byteLength(line))));
    }
  });

  test("has values of any length and any characters", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.nat(9_000).map((n) => "é😀x".repeat(n)),
    );
    const base = events[0]!;
    const writer = createLineWriter({ ledger: 1, origin: ORIGIN, show: undefined });
    const property = fc.property(
      fc.uniqueArray(fc.tuple(fc.string(), text), { selector: ([name]) => name }),
      (units) => {
        const paths = units.map(([name]) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
        const event = { ...base, paths, values: units.map(([, value]) => JSON.stringify(value)) };
        writer.clear();
        writer.event(event);
        expect(writer.bytes().toString()).toBe(lineOf(event));
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  test("of an event without a body says so", () => {
    const writer = createLineWriter({ ledger: 7, origin: ORIGIN, show: undefined });
    writer.deleted(12);
    expect(writer.bytes().toString()).toBe(`${JSON.stringify({ ledger: 7, sequence: 12, deleted: true })}\n`);
  });
});

describe("events that are wanted", () => {
  test("come with their place, as any other reader gives them, in whatever order they are asked for", () => {
    const plain = new EventReader(instance.side);
    const reader = createEvidenceReader({ ...instance.side, events: plain });
    const known = new Map(events.map((event) => [event.sequence, lineOf(event)]));
    const sequence = fc.oneof(fc.nat(EVENTS - 1), fc.integer({ min: 340, max: 360 }));
    const property = fc.property(fc.uniqueArray(sequence, { maxLength: 200 }), (sequences) => {
      const found = new Map<number, string>();
      reader.beginStep();
      readWanted(reader, { tenantNo, ledger: 1, sequences }, (event, position) => {
        expect(event.sequence).toBe(sequences[position]);
        expect(found.has(position)).toBe(false);
        found.set(position, lineOf(event));
      });
      for (const [position, each] of sequences.entries()) expect(found.get(position)).toBe(known.get(each));
    });
    fc.assert(property, { numRuns: 60 });
    reader.close();
    plain.close();
  });

  test("whose body is gone are passed over, and those behind them are not", () => {
    const property = fc.property(fc.uniqueArray(fc.nat(300)), fc.uniqueArray(fc.nat(300)), (sequences, gone) => {
      const reader = {
        // As a log does: a range ends where a body is gone.
        range(_: number, __: number, { first, count }: { readonly first: number; readonly count: number }) {
          const all = Array.from({ length: count }, (___, i) => first + i);
          const end = all.findIndex((each) => gone.includes(each));
          return all.slice(0, end === -1 ? undefined : end).map((each) => ({ ...events[0]!, sequence: each }));
        },
      };
      const found: number[] = [];
      readWanted(reader, { tenantNo, ledger: 1, sequences }, (event, position) => {
        expect(sequences[position]).toBe(event.sequence);
        found.push(event.sequence);
      });
      expect(found).toEqual(sequences.filter((each) => !gone.includes(each)).sort((a, b) => a - b));
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("of a person who is forgotten in between are read without what was theirs", () => {
    const plain = new EventReader(instance.side);
    let forgotten: string | undefined;
    const { keyring } = instance.side;
    const asked = {
      subjectKey: (no: number, ref: string) => (ref === forgotten ? undefined : keyring.subjectKey(no, ref)),
    };
    const reader = createEvidenceReader({ ...instance.side, keyring: asked, events: plain });
    const stored = events.find(
      ({ sequence, parts }) => parts.length === 1 && parts[0]?.value !== undefined && sequence < journalFrom,
    )!;
    const again = () => {
      reader.beginStep();
      return reader.range(tenantNo, 1, { first: stored.sequence, count: 1 })[0]?.parts[0]?.value;
    };
    expect(again()).toBe(stored.parts[0]?.value);
    forgotten = stored.parts[0]?.refs[0];
    expect(again()).toBeUndefined();
    reader.close();
    plain.close();
  });
});
