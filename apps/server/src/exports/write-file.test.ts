import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeFileFrom } from "./write-file.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-write-file-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function* pieces(count: number) {
  for (let i = 0; i < count; i++) yield `${"x".repeat(10_000)}${i}\n`;
}
const whole = Array.from({ length: 50 }, (_, i) => `${"x".repeat(10_000)}${i}\n`).join("");
const { signal } = new AbortController();

test.each([
  [undefined, (bytes: Buffer) => bytes],
  ["gzip", gunzipSync],
  ["zstd", zstdDecompressSync],
] as const)("what is written, and what is told of it (%s)", async (compress, unpack) => {
  const path = join(directory, `file-${compress}`);
  const { bytes, sha256 } = await writeFileFrom(pieces(50), { path, compress, signal });
  const written = readFileSync(path);
  expect(unpack(written).toString()).toBe(whole);
  expect(bytes).toBe(written.length);
  expect(sha256).toBe(createHash("sha256").update(written).digest("hex"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("nothing makes an empty file", async () => {
  const path = join(directory, "empty");
  expect(await writeFileFrom(pieces(0), { path, compress: undefined, signal })).toMatchObject({ bytes: 0 });
});

test("a file that is there is not written over", async () => {
  const path = join(directory, "twice");
  await writeFileFrom(pieces(1), { path, compress: undefined, signal });
  await expect(writeFileFrom(pieces(1), { path, compress: undefined, signal })).rejects.toThrow("EEXIST");
});

test("the source goes no faster than the disk, and stops when it is told to", async () => {
  const abort = new AbortController();
  let made = 0;
  async function* endless() {
    for (;;) {
      made++;
      if (made === 100) abort.abort();
      yield Buffer.alloc(100_000);
    }
  }
  const path = join(directory, "endless");
  await expect(writeFileFrom(endless(), { path, compress: undefined, signal: abort.signal })).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(made).toBeLessThan(200);
});

test("a source that fails fails the file", async () => {
  async function* failing() {
    yield "a";
    throw new Error("the source broke");
  }
  const path = join(directory, "failing");
  await expect(writeFileFrom(failing(), { path, compress: undefined, signal })).rejects.toThrow("the source broke");
});
