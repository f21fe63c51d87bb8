import { expect, test } from "vitest";
import { holdsDigests, keyDigests, withKeyedDigests } from "./key-digests.ts";

const key = Buffer.alloc(32, 7);
const digest = "0123456789abcdef".repeat(4);

test("a digest of a cut text becomes one under the tenant's key, and nothing moves", () => {
  const body = Buffer.from(JSON.stringify([{ name: `Jane Doe…sha-256:${digest}`, next: "…sha-256:no digest" }]));
  const length = body.length;
  expect(holdsDigests(body)).toBe(true);
  keyDigests(body, key);
  expect(body.length).toBe(length);
  const [{ name, next }] = JSON.parse(body.toString()) as [{ name: string; next: string }];
  expect(name).toMatch(/^Jane Doe…hmac256:[0-9a-f]{64}$/);
  expect(name).not.toContain(digest);
  expect(next).toBe("…sha-256:no digest");
  expect(holdsDigests(Buffer.from(name))).toBe(false);
});

test("the same text stays the same under one key and differs under another", () => {
  const value = { details: { "a…": [`b…sha-256:${digest}`] } };
  expect(withKeyedDigests(value, key)).toEqual(withKeyedDigests(value, key));
  expect(withKeyedDigests(value, key)).not.toEqual(withKeyedDigests(value, Buffer.alloc(32, 8)));
  expect(withKeyedDigests({ a: 1 }, key)).toEqual({ a: 1 });
});

test("a mark at the very end of a body changes nothing", () => {
  const body = Buffer.from(`…sha-256:${digest.slice(1)}`);
  keyDigests(body, key);
  expect(body.toString()).toBe(`…sha-256:${digest.slice(1)}`);
});
