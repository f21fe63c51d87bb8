import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { decodeBody } from "./decode-body.ts";

const text = Buffer.from('{"action":"a"}');

test("unpacks gzip and zstd and leaves plain bodies alone", () => {
  expect(Buffer.from(decodeBody(text, "identity"))).toEqual(text);
  expect(Buffer.from(decodeBody(gzipSync(text), "gzip"))).toEqual(text);
  expect(Buffer.from(decodeBody(zstdCompressSync(text), "zstd"))).toEqual(text);
});

test("refuses damaged and cut bodies", () => {
  for (const [body, encoding] of [
    [gzipSync(text).subarray(0, 12), "gzip"],
    [text, "gzip"],
    [zstdCompressSync(text).subarray(0, 8), "zstd"],
  ] as const) {
    expect(() => decodeBody(body, encoding)).toThrow(expect.objectContaining({ code: "content_encoding_invalid" }));
  }
});

test("stops a bomb at the limit", () => {
  const zeros = Buffer.alloc(64 * 1024 * 1024);
  for (const [body, encoding] of [
    [gzipSync(zeros), "gzip"],
    [zstdCompressSync(zeros), "zstd"],
  ] as const) {
    expect(body.length).toBeLessThan(100_000);
    expect(() => decodeBody(body, encoding)).toThrow(expect.objectContaining({ code: "body_too_large" }));
  }
});
