import { setTimeout as delay } from "node:timers/promises";
import { CairnError } from "@cairn/event";
import { expect, test } from "vitest";
import { Intake, type IntakeParts } from "./intake.ts";
import { BATCH_MESSAGES, FULL_MESSAGES } from "./limits.ts";

interface Numbered {
  readonly n: number;
  readonly bytes: Uint8Array;
}

const messages = (count: number, from = 0): Numbered[] =>
  Array.from({ length: count }, (_, i) => ({ n: from + i, bytes: Buffer.from("message") }));

function intake(record: (numbers: number[]) => Promise<void>) {
  const heard: string[] = [];
  const parts: IntakeParts<Numbered, number[]> = {
    prepare: async (all) => all.map(({ n }) => n),
    record,
    onPressure: (pressure) => heard.push(pressure),
    onFailure: (error) => heard.push((error as Error).message),
  };
  return { heard, intake: new Intake(parts) };
}

test("messages are recorded in batches and in their order", async () => {
  const batches: number[][] = [];
  const { intake: taken } = intake(async (numbers) => void batches.push(numbers));
  const count = 2 * BATCH_MESSAGES + 10;
  for (let n = 0; n < count; n++) taken.add(messages(1, n));
  expect(await taken.drain(5_000)).toBe(0);
  expect(batches.map(({ length }) => length)).toEqual([BATCH_MESSAGES, BATCH_MESSAGES, 10]);
  expect(batches.flat()).toEqual(Array.from({ length: count }, (_, n) => n));
});

test("when nothing gets on, no more is read; afterwards it is", async () => {
  const gate = Promise.withResolvers<void>();
  const seen: number[] = [];
  const { heard, intake: taken } = intake(async (numbers) => {
    await gate.promise;
    seen.push(...numbers);
  });
  // One batch is on its way by then.
  const count = BATCH_MESSAGES + FULL_MESSAGES;
  taken.add(messages(BATCH_MESSAGES));
  taken.add(messages(FULL_MESSAGES - 1, BATCH_MESSAGES));
  expect(heard).toEqual([]);
  taken.add(messages(1, count - 1));
  expect(heard).toEqual(["full"]);
  gate.resolve();
  expect(await taken.drain(5_000)).toBe(0);
  expect(heard).toEqual(["full", "room"]);
  expect(seen).toHaveLength(count);
});

test("what cannot be recorded is tried again, and nothing overtakes it", async () => {
  const seen: number[] = [];
  let failures = 2;
  const { heard, intake: taken } = intake(async (numbers) => {
    if (failures-- > 0) throw new CairnError("overloaded", "later");
    seen.push(...numbers);
  });
  taken.add(messages(3));
  await delay(200);
  taken.add(messages(3, 3));
  expect(await taken.drain(10_000)).toBe(0);
  expect(heard).toEqual(["later", "later"]);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
});

test("when time is up, what is left is counted", async () => {
  const { intake: taken } = intake(async () => {
    throw new CairnError("disk_full", "no room", { retryAfterSeconds: 60 });
  });
  taken.add(messages(BATCH_MESSAGES + 7));
  expect(await taken.drain(300)).toBe(BATCH_MESSAGES + 7);
});
