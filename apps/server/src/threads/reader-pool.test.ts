import { expect, test } from "vitest";
import type { ReaderApi } from "./reader-api.ts";
import { poolReaders, sharePlaces } from "./reader-pool.ts";
import type { Client } from "./rpc.ts";

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

test("one thread at first; the others start when they could help, and work once they answer", async () => {
  const asked: number[] = [];
  const gates: (() => void)[] = [];
  const start = (): Client<ReaderApi> => {
    const number = gates.length;
    const opened = new Promise<void>((resolve) => gates.push(resolve));
    const call = async (_name: string, { places: read }: { places: readonly { sequence: number }[] }) => {
      await opened;
      asked.push(number);
      return read.map(({ sequence }) => `event ${sequence}`);
    };
    return { call: call as Client<ReaderApi>["call"], tell: () => undefined };
  };
  const pool = poolReaders(start, 3);
  gates[0]!();
  const page = Array.from({ length: 30 }, (_, i) => ({ ledger: 1, sequence: i }));
  const events = page.map(({ sequence }) => `event ${sequence}`);

  expect(await pool.call("events", { tenantNo: 1, places: page.slice(0, 3) })).toEqual(events.slice(0, 3));
  expect(gates.length).toBe(1);
  expect(await pool.call("events", { tenantNo: 1, places: page })).toEqual(events);
  expect(gates.length).toBe(3);
  expect(asked).toEqual([0, 0]);

  gates[1]!();
  gates[2]!();
  await expect.poll(() => asked.length).toBe(4);
  expect(await pool.call("events", { tenantNo: 1, places: page })).toEqual(events);
  expect(asked.slice(4).sort()).toEqual([0, 1, 2]);
});
