import fc from "fast-check";
import { expect, test } from "vitest";
import { Acknowledgements } from "./acknowledgements.ts";

const secret = Buffer.alloc(32, 1);
const channel = "0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba";

test("an id is known to its sender and channel, by whichever process", () => {
  const id = new Acknowledgements(secret).give("key-1", channel);
  const later = new Acknowledgements(secret);
  expect(Number.isSafeInteger(id)).toBe(true);
  expect(later.isAcknowledged("key-1", channel.toUpperCase(), id)).toBe(true);
  expect(later.isAcknowledged("key-2", channel, id)).toBe(false);
  expect(later.isAcknowledged("key-1", channel.replace("0", "1"), id)).toBe(false);
  expect(new Acknowledgements(Buffer.alloc(32, 2)).isAcknowledged("key-1", channel, id)).toBe(false);
});

test("ids are one more each, and none that was not given is known", () => {
  const acknowledgements = new Acknowledgements(secret);
  const ids = Array.from({ length: 1_000 }, () => acknowledgements.give("key-1", channel));
  expect(new Set(ids).size).toBe(ids.length);
  const given = new Set(ids);
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -5, max: 10_000 })), (id) => {
      fc.pre(!given.has(id));
      expect(acknowledgements.isAcknowledged("key-1", channel, id)).toBe(false);
    }),
    // The mark is 24 bits long: a thousand guesses do not hit it by chance.
    { numRuns: 1_000, seed: 7 },
  );
});
