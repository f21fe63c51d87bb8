import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFilledInstance, type FilledInstance, makeEvent } from "../fsck/filled-instance.fixture.ts";
import { openReaderSide, type ReaderSide } from "../instance.ts";
import { EventReader } from "./event-reader.ts";
import { receiptTimeMs, type StoredEvent } from "./stored-event.ts";

let directory: string;
let instance: FilledInstance;
let side: ReaderSide;
let reader: EventReader;
let tenantNo: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-columns-"));
  instance = createFilledInstance(directory);
  tenantNo = instance.tenants[0]!;
  side = openReaderSide(instance.paths);
  reader = new EventReader(side);
});
afterEach(() => {
  side.close();
  instance.close();
  rmSync(directory, { recursive: true });
});

const ALL = { first: 0, count: 1_000_000 };

/** What columns say of each event, in the form in which events are read one by one. */
function throughColumns(range = ALL) {
  const events = new Map<number, { values: Record<string, string>; receivedAtMs: number; parts: [string, string][] }>();
  for (const { lines, shapes, sequences, receivedAtMs, parts } of reader.columns(tenantNo, 1, range)) {
    const line = (n: number) => lines.bytes.toString("utf8", lines.starts[n], lines.starts[n + 1]! - 1);
    for (const { paths, firstLine, positions } of shapes) {
      for (const [row, position] of positions.entries()) {
        if (sequences[position] === -1) continue;
        const values = Object.fromEntries(paths.map((path, i) => [path, line(firstLine + i * positions.length + row)]));
        events.set(sequences[position]!, { values, receivedAtMs: receivedAtMs[position]!, parts: [] });
      }
    }
    for (const { position, ref, bytes, start, end } of parts)
      events.get(sequences[position]!)?.parts.push([ref, bytes.toString("utf8", start, end)]);
  }
  return [...events].sort(([a], [b]) => a - b);
}

function oneByOne(events: readonly StoredEvent[]) {
  return events.map(({ sequence, paths, values, entry, parts }) => [
    sequence,
    {
      values: Object.fromEntries(paths.map((path, i) => [path, values[i]!])),
      receivedAtMs: receiptTimeMs(entry),
      parts: parts.flatMap(({ refs, value }) => (refs.length === 1 && value !== undefined ? [[refs[0]!, value]] : [])),
    },
  ]);
}

describe("events column by column", () => {
  test("are the events one by one, in segments and in the journal, with what was erased left out", () => {
    const events = reader.range(tenantNo, 1, ALL);
    expect(events.length).toBeGreaterThan(500);
    const isErased = ({ refs, value }: StoredEvent["parts"][number]) =>
      refs.length === 1 && refs[0] === instance.erasedRef && value === undefined;
    expect(events.some(({ parts }) => parts.some(isErased))).toBe(true);
    expect(throughColumns()).toEqual(oneByOne(events));
  });

  test("begin and end with whole pieces around a range", () => {
    const size = reader.range(tenantNo, 1, ALL).length;
    const first = Math.floor(size / 3);
    const sequences = throughColumns({ first, count: 10 }).map(([sequence]) => sequence);
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, i) => sequences[0]! + i));
    expect(sequences[0]).toBeLessThanOrEqual(first);
    expect(sequences.at(-1)).toBeGreaterThanOrEqual(first + 9);
    expect(sequences.length).toBeLessThan(size);
  });

  test("leave out duplicates, and go on while rows move into segments", () => {
    instance.commit(tenantNo, [makeEvent("x1"), makeEvent("x2"), makeEvent("x3")]);
    const before = throughColumns();
    instance.seal();
    const pieces = reader.columns(tenantNo, 1, ALL);
    const ends = [pieces.next().value!.end];
    instance.segment(tenantNo);
    for (const { end } of pieces) ends.push(end);
    expect(ends.at(-1)).toBe(before.length);
    const cores = (events: typeof before) => events.map(([sequence, { values }]) => [sequence, values]);
    expect(cores(throughColumns())).toEqual(cores(before));
  });

  test("pass over what is nowhere any more", () => {
    const all = throughColumns();
    const row = side.db.get<{ first: number; count: number }>(
      "SELECT first, count FROM segments WHERE tenant_no = ? ORDER BY first LIMIT 1",
      tenantNo,
    )!;
    instance.side.db.run("DELETE FROM segments WHERE tenant_no = ? AND first = ?", tenantNo, row.first);
    expect(throughColumns()).toEqual(all.filter(([sequence]) => sequence >= row.first + row.count));
  });
});
