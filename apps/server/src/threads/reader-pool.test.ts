import { expect, test } from "vitest";
import { sharePlaces } from "./reader-pool.ts";

const places = (sequences: readonly number[]) => sequences.map((sequence) => ({ sequence }));

test("places close together are shared evenly, neighbours to one thread", () => {
  expect(sharePlaces(places([1_006, 1_005, 1_004, 1_003, 1_002, 1_001, 1_000]), 3)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6],
  ]);
});

test("of places far apart, each thread reads those of its own regions, whatever is asked for beside them", () => {
  const far = 100_000_000;
  const sequences = Array.from({ length: 50 }, (_, i) => i * 1_234_567);
  const threadOf = (asked: readonly number[], sequence: number) =>
    sharePlaces(places(asked), 3).findIndex((share) => share.includes(asked.indexOf(sequence)));
  for (const sequence of sequences) {
    expect(threadOf(sequences, sequence)).toBe(threadOf([far, sequence, 0], sequence));
    expect(threadOf(sequences, sequence)).not.toBe(-1);
  }
  const shares = sharePlaces(places(sequences), 3);
  expect(shares.flat().sort((a, b) => a - b)).toEqual(sequences.map((_, i) => i));
  for (const share of shares) expect(share.length).toBeGreaterThan(5);
});
