import { expect, test } from "vitest";
import { identityOf } from "./identity.ts";

const key = new Uint8Array(32).fill(7);
const none = { idempotencyKey: undefined, position: 0, key };

test("keeps a producer's id", () => {
  expect(identityOf("evt-1", none)).toBe("evt-1");
});

test("replaces a digest of content by a keyed one, the same every time and another for another tenant", () => {
  const digest = `sha256:${"ab".repeat(32)}`;
  const id = identityOf(digest, none);
  expect(id).toMatch(/^imp_[0-9a-f]{32}$/);
  expect(identityOf(digest, { ...none, position: 5 })).toBe(id);
  expect(identityOf(digest, { ...none, key: new Uint8Array(32).fill(8) })).not.toBe(id);
});

test("makes the same ids again for the same idempotency key, one for each position", () => {
  const at = (position: number) => identityOf(undefined, { idempotencyKey: "k", position, key });
  expect(at(0)).toBe(at(0));
  expect(at(0)).not.toBe(at(1));
});

test("makes a UUIDv7 where nothing else is given", () => {
  expect(identityOf(undefined, none)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
