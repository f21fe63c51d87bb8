import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type LineInput, type LineSource, openLines } from "./line-source.ts";
import { readRecords } from "./scanned-lines.ts";

const LOG = { ledger: 1, size: 1_000, origin: "cairn-test/lines" };
const MAX_LINE_BYTES = 4 << 20;
const BLOCK_BYTES = 1 << 20;

/** A file of many blocks of lines that nobody can read. */
const FILE = Buffer.from(Array.from({ length: 90_000 }, (_, i) => `line ${i} ${"x".repeat(i % 150)}\n`).join(""));

/** Reads the file, and tells how much of it has been read. */
function inChunks(): { readonly chunks: AsyncIterable<Uint8Array>; bytesRead(): number } {
  let at = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    while (at < FILE.length) {
      const chunk = FILE.subarray(at, at + 65_536);
      at += chunk.length;
      yield chunk;
    }
  }
  return { chunks: chunks(), bytesRead: () => at };
}

function open(chunks: AsyncIterable<Uint8Array>, how: Pick<LineInput, "threads" | "maxHeldBytes" | "log">): LineSource {
  return openLines({ chunks, fileBytes: FILE.length, maxLineBytes: MAX_LINE_BYTES, ...how });
}

/** Puts the lines of a source together again. */
async function textOf(source: LineSource, pause?: () => Promise<void>): Promise<string> {
  const texts: string[] = [];
  for await (const part of source.parts) {
    await pause?.();
    if (part.kind !== "lines") continue;
    const { bytes, scanned } = part;
    for (const { start, end } of readRecords(scanned))
      texts.push(`${Buffer.from(bytes.subarray(start, end)).toString()}\n`);
    texts.push(Buffer.from(bytes.subarray(scanned.end)).toString());
  }
  return texts.join("");
}

describe("the lines of a file", () => {
  test.each([
    ["in this thread", { log: LOG, threads: 0 }],
    ["in one thread", { log: LOG, threads: 1 }],
    ["in threads", { log: LOG, threads: 3 }],
    ["in threads, with room for next to nothing", { log: LOG, threads: 2, maxHeldBytes: 1 }],
    ["by nobody", { log: undefined }],
  ] as const)("all come, in their order, scanned %s", async (_, how) => {
    const source = open(inChunks().chunks, how);
    expect((await textOf(source)) === FILE.toString()).toBe(true);
    await source.close();
  });

  test("are read ahead only as far as there is room", async () => {
    const { chunks, bytesRead } = inChunks();
    const source = open(chunks, { log: LOG, threads: 2, maxHeldBytes: 2 * BLOCK_BYTES });
    while (bytesRead() <= 2 * BLOCK_BYTES) await sleep(10);
    await sleep(200);
    const before = bytesRead();
    expect(before).toBeLessThan(5 * BLOCK_BYTES);
    expect((await textOf(source, () => sleep(1))) === FILE.toString()).toBe(true);
    await source.close();
  });

  test("that nobody asks for any more are let go", async () => {
    for (const maxHeldBytes of [1, undefined]) {
      const source = open(inChunks().chunks, {
        log: LOG,
        threads: 2,
        ...(maxHeldBytes === undefined ? {} : { maxHeldBytes }),
      });
      await source.close();
      const begun = open(inChunks().chunks, { log: LOG, threads: 2 });
      for await (const _ of begun.parts) break;
      await begun.close();
    }
  });

  test("end with the fault of whoever reads the file", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield FILE.subarray(0, 3 * BLOCK_BYTES);
      throw new Error("the disk is gone");
    }
    for (const threads of [0, 2]) {
      const source = open(broken(), { log: LOG, threads });
      await expect(textOf(source)).rejects.toThrow("the disk is gone");
      await source.close();
    }
  });
});
