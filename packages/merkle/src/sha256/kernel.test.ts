import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bytesToHex } from "../bytes/hex.ts";
import { ENTRY_LENGTH } from "../commitment/limits.ts";
import { MerkleError } from "../error.ts";
import { createHashKernel } from "./create-kernel.ts";
import { createJsKernel } from "./js-kernel.ts";
import type { HashKernel } from "./kernel.ts";
import { createWasmKernel } from "./wasm-kernel.ts";

const nodeSha256 = (...parts: Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

const digests = (bytes: Uint8Array): string[] =>
  Array.from({ length: bytes.length / 32 }, (_, i) => bytesToHex(bytes.subarray(32 * i, 32 * i + 32)));

/** Writes messages into the kernel one byte apart, so that no alignment helps, and hashes them. */
const hashAll = (kernel: HashKernel, messages: readonly Uint8Array[]): string[] => {
  const input = kernel.input(messages.reduce((sum, message) => sum + message.length + 1, 0));
  const offsets = new Uint32Array(messages.length);
  const lengths = new Uint32Array(messages.length);
  let at = 0;
  for (const [i, message] of messages.entries()) {
    input.set(message, at);
    offsets[i] = at;
    lengths[i] = message.length;
    at += message.length + 1;
  }
  return digests(kernel.hashMessages(offsets, lengths, messages.length));
};

const expectCode = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    if (error instanceof MerkleError) return { code: error.code, position: error.position };
    throw error;
  }
  return "no error";
};

describe("createHashKernel", () => {
  /** What compiling does on a platform without SIMD, or under a strict content security policy. */
  const failing = class {
    constructor() {
      throw new SyntaxError("does not compile");
    }
  };
  afterEach(() => vi.unstubAllGlobals());

  test("takes the fast kernel on the platform that runs the tests", () => {
    expect(createHashKernel().implementation).toBe("wasm");
  });

  test.each([
    ["WebAssembly", undefined],
    ["SIMD", { Module: failing, Instance: failing }],
  ])("falls back to JavaScript without %s", (_, api) => {
    vi.stubGlobal("WebAssembly", api);
    expect(createHashKernel().implementation).toBe("js");
  });

  test("the fast kernel says so where it cannot run", () => {
    vi.stubGlobal("WebAssembly", undefined);
    expect(expectCode(createWasmKernel)).toEqual({ code: "unsupported_platform", position: undefined });
  });
});

describe.each([
  ["wasm", createWasmKernel],
  ["js", createJsKernel],
] as const)("%s kernel", (_, create) => {
  const kernel = create();

  test.each([
    ["", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    [
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      1,
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
    ],
    ["a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("FIPS 180-4 example %j times %i", (text, times, digest) => {
    expect(hashAll(kernel, [new TextEncoder().encode(text.repeat(times))])).toEqual([digest]);
  });

  test("every length from 0 to 300, alone and together", () => {
    const messages = Array.from({ length: 301 }, (_, length) => new Uint8Array(randomBytes(length)));
    const expected = messages.map((message) => nodeSha256(message));
    expect(messages.flatMap((message) => hashAll(kernel, [message]))).toEqual(expected);
    expect(hashAll(kernel, messages)).toEqual(expected);
    expect(hashAll(kernel, messages.toReversed())).toEqual(expected.toReversed());
  });

  test("every batch size from 0 to 40, lengths mixed", () => {
    for (let count = 0; count <= 40; count++) {
      const messages = Array.from(
        { length: count },
        (_, i) => new Uint8Array(randomBytes((i * 37 + count * 11) % 200)),
      );
      expect(hashAll(kernel, messages)).toEqual(messages.map((message) => nodeSha256(message)));
    }
  });

  test("long messages of unlike lengths side by side", () => {
    const lengths = [70_001, 4_040, 4_032, 4_031, 4_096, 1, 300_000, 64, 9_999, 131_072, 55, 56, 63];
    const messages = lengths.map((length) => new Uint8Array(randomBytes(length)));
    expect(hashAll(kernel, messages)).toEqual(messages.map((message) => nodeSha256(message)));
  });

  test("any batch", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700, size: "max" }), { maxLength: 30 }), (messages) => {
        expect(hashAll(kernel, messages)).toEqual(messages.map((message) => nodeSha256(message)));
      }),
      { numRuns: 60 },
    );
  });

  test("what lies around a message does not matter, and messages may overlap", () => {
    const input = kernel.input(512);
    input.set(randomBytes(512));
    const copy = input.slice();
    const offsets = Uint32Array.from({ length: 200 }, (_, i) => i);
    const lengths = Uint32Array.from({ length: 200 }, (_, i) => 300 - i);
    const hashes = digests(kernel.hashMessages(offsets, lengths, 200));
    expect(hashes).toEqual([...offsets].map((offset, i) => nodeSha256(copy.subarray(offset, offset + lengths[i]!))));
    // A second call over the same input finds it untouched.
    expect(digests(kernel.hashMessages(offsets, lengths, 7))).toEqual(hashes.slice(0, 7));
  });

  test("leaf hashes of 0 to 40 entries, from outside and in place", () => {
    for (let count = 0; count <= 40; count++) {
      const entries = new Uint8Array(randomBytes(count * ENTRY_LENGTH));
      const expected = Array.from({ length: count }, (_, i) =>
        nodeSha256(Uint8Array.of(0), entries.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH)),
      );
      expect(digests(kernel.leafHashes(entries, count))).toEqual(expected);
      const input = kernel.input(entries.length);
      input.set(entries);
      expect(digests(kernel.leafHashes(input, count))).toEqual(expected);
    }
  });

  test("parents of 0 to 40 pairs, level upon level", () => {
    for (let count = 0; count <= 40; count++) {
      const hashes = new Uint8Array(randomBytes(count * 64));
      const expected = Array.from({ length: count }, (_, i) =>
        nodeSha256(Uint8Array.of(1), hashes.subarray(i * 64, (i + 1) * 64)),
      );
      expect(digests(kernel.nodeLevel(hashes))).toEqual(expected);
    }
    const leaves = new Uint8Array(randomBytes(8 * 32));
    const slow = createJsKernel();
    const root = slow.nodeLevel(slow.nodeLevel(slow.nodeLevel(leaves)));
    expect(kernel.nodeLevel(kernel.nodeLevel(kernel.nodeLevel(leaves)))).toEqual(root);
  });

  test("event roots sort and hash, whatever the counts", () => {
    const counts = [1, 2, 3, 17, 18, 1024, 4, 31, 32, 33, 257, 1, 700];
    const commitments = new Uint8Array(randomBytes(counts.reduce((sum, count) => sum + count, 0) * 32));
    // Equal beginnings make the sort look further than its first eight bytes.
    for (let i = 0; i < 20; i++) commitments.fill(7, i * 32, i * 32 + 8 + (i % 4) * 7);
    const expected: string[] = [];
    let at = 0;
    for (const count of counts) {
      const sorted = digests(commitments.subarray(at, at + 32 * count)).sort();
      expected.push(nodeSha256(Uint8Array.of(0x11, count >> 8, count & 255), Buffer.from(sorted.join(""), "hex")));
      at += 32 * count;
    }
    expect(digests(kernel.eventRoots(commitments, Uint16Array.from(counts)))).toEqual(expected);
    expect(digests(kernel.eventRoots(commitments, Uint32Array.from(counts)))).toEqual(expected);
  });

  test("event roots of commitments that were never copied out", () => {
    const counts = Uint16Array.of(3, 1, 5);
    const messages = Array.from({ length: 9 }, (_, i) => new Uint8Array(randomBytes(60 + i * 9)));
    const commitments = messages.map((message) => nodeSha256(message));
    const expected = [commitments.slice(0, 3), commitments.slice(3, 4), commitments.slice(4)].map((group) =>
      nodeSha256(Uint8Array.of(0x11, 0, group.length), Buffer.from(group.toSorted().join(""), "hex")),
    );
    const input = kernel.input(9 * 200);
    for (const [i, message] of messages.entries()) input.set(message, i * 200);
    const offsets = Uint32Array.from(messages, (_, i) => i * 200);
    const lengths = Uint32Array.from(messages, (message) => message.length);
    expect(digests(kernel.eventRoots(kernel.hashMessages(offsets, lengths, 9), counts))).toEqual(expected);
  });

  test("an event with one commitment twice is named", () => {
    const commitments = new Uint8Array(randomBytes(10 * 32));
    commitments.copyWithin(9 * 32, 5 * 32, 6 * 32);
    expect(expectCode(() => kernel.eventRoots(commitments, Uint16Array.of(4, 6)))).toEqual({
      code: "duplicate_commitment",
      position: 1,
    });
    // The same two in different events are nobody's fault.
    expect(kernel.eventRoots(commitments, Uint16Array.of(9, 1))).toHaveLength(64);
  });

  test("refuses arguments that do not fit together", () => {
    kernel.input(100);
    const outOfRange = { code: "out_of_range", position: undefined };
    expect(expectCode(() => kernel.hashMessages(Uint32Array.of(0, 90), Uint32Array.of(100, 11), 2))).toEqual({
      code: "out_of_range",
      position: 1,
    });
    expect(expectCode(() => kernel.hashMessages(Uint32Array.of(2 ** 32 - 1), Uint32Array.of(2), 1))).toMatchObject({
      code: "out_of_range",
    });
    expect(expectCode(() => kernel.hashMessages(Uint32Array.of(0), Uint32Array.of(1), 2))).toEqual(outOfRange);
    expect(expectCode(() => kernel.input(-1))).toEqual(outOfRange);
    expect(expectCode(() => kernel.input(2 ** 31))).toEqual(outOfRange);
    expect(expectCode(() => kernel.leafHashes(new Uint8Array(43), 1))).toEqual(outOfRange);
    expect(expectCode(() => kernel.nodeLevel(new Uint8Array(96)))).toEqual(outOfRange);
    expect(expectCode(() => kernel.eventRoots(new Uint8Array(32), Uint16Array.of(2)))).toEqual(outOfRange);
    const badCount = { code: "unit_count", position: 1 };
    expect(expectCode(() => kernel.eventRoots(new Uint8Array(32), Uint16Array.of(1, 0)))).toEqual(badCount);
    expect(expectCode(() => kernel.eventRoots(new Uint8Array(32), Uint16Array.of(1, 1025)))).toEqual(badCount);
  });

  test("grows from small to large batches and back", () => {
    const fresh = create();
    for (const size of [10, 100_000, 50, 3_000_000, 1]) {
      const messages = [new Uint8Array(randomBytes(size)), new Uint8Array(randomBytes(size >> 1))];
      expect(hashAll(fresh, messages)).toEqual(messages.map((message) => nodeSha256(message)));
    }
  });
});
