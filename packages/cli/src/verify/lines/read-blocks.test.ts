import fc from "fast-check";
import { expect, test } from "vitest";
import { readLines } from "../../files/read-lines.ts";
import { readBlocks } from "./read-blocks.ts";

const MAX_LINE_BYTES = 40;

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** What a reader of lines sees: each line, or that one is too long; and after how many of them the file has ended. */
async function linesOf(bytes: Uint8Array, sizes: readonly number[]): Promise<readonly string[]> {
  const seen: string[] = [];
  for await (const { bytes: line, fault } of readLines(inPieces(bytes, sizes), { maxLineBytes: MAX_LINE_BYTES })) {
    seen.push(fault ?? `line ${Buffer.from(line).toString()}`);
  }
  return seen;
}

async function blocksOf(bytes: Uint8Array, sizes: readonly number[], blockBytes: number): Promise<readonly string[]> {
  const seen: string[] = [];
  const room = { blockBytes, take: (length: number) => new Uint8Array(Math.max(length, blockBytes)) };
  let hasEnded = false;
  for await (const block of readBlocks(inPieces(bytes, sizes), { maxLineBytes: MAX_LINE_BYTES, room })) {
    if (block.kind === "end") hasEnded = true;
    else if (block.kind === "too_long") seen.push("too_long");
    else {
      const text = Buffer.from(block.bytes).toString();
      // Only the line that no newline ends comes when all has been read.
      expect(text.endsWith("\n")).toBe(!hasEnded);
      const lines = text.split("\n");
      seen.push(...(hasEnded ? lines : lines.slice(0, -1)).map((line) => `line ${line}`));
    }
  }
  expect(hasEnded).toBe(true);
  return seen;
}

test("blocks hold the lines that readLines gives, wherever chunks and blocks end", async () => {
  const line = fc.oneof(fc.nat(12), fc.nat(3 * MAX_LINE_BYTES), fc.constantFrom(39, 40, 41)).map((n) => "x".repeat(n));
  const file = fc.tuple(fc.array(line, { maxLength: 12 }), fc.boolean());
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 });
  const property = fc.asyncProperty(
    file,
    sizes,
    fc.integer({ min: 1, max: 41 }),
    async ([lines, isEnded], cuts, block) => {
      const bytes = Buffer.from(
        lines
          .map((each) => `${each}\n`)
          .join("")
          .slice(0, isEnded ? undefined : -1),
      );
      expect(await blocksOf(bytes, cuts, block)).toEqual(await linesOf(bytes, cuts));
    },
  );
  await fc.assert(property, { numRuns: 2_000 });
});
