import { createTileBuilder, leafHash, type TreeHead, tilePath } from "@cairn/merkle";
import { describe, expect, test } from "vitest";
import { checkGrowth } from "./consistency.ts";

/** Sizes at which the tree has one level of tiles, two, and an edge on each. */
const SIZES = [1, 2, 255, 256, 257, 511, 512, 513, 1_000, 65_535, 65_536, 65_537, 66_000];

const LARGEST = SIZES.at(-1) ?? 0;

/** The log as a server has it: every tile, full and partial, and the root at each size. */
function makeLog(): {
  readonly tile: (path: string) => Promise<Uint8Array>;
  readonly head: (size: number) => TreeHead;
} {
  const tiles = new Map<string, Uint8Array>();
  const roots = new Map<number, Uint8Array>();
  const keep = ({ level, index, width, bytes }: { level: number; index: number; width: number; bytes: Uint8Array }) =>
    tiles.set(tilePath(level, index, width), bytes);
  const builder = createTileBuilder({ emit: keep });
  let size = 0;
  for (const next of SIZES) {
    const leaves = Array.from({ length: next - size }, (_, i) =>
      leafHash(new TextEncoder().encode(`entry ${size + i}`)),
    );
    const bytes = new Uint8Array(leaves.length * 32);
    for (const [i, leaf] of leaves.entries()) bytes.set(leaf, i * 32);
    builder.append(bytes);
    size = next;
    for (const tile of builder.partialTiles()) keep(tile);
    roots.set(size, builder.root());
  }
  return {
    async tile(path) {
      const bytes = tiles.get(path);
      if (bytes === undefined) throw new Error(`there is no ${path}`);
      return bytes;
    },
    head: (at) => ({ size: BigInt(at), root: roots.get(at) ?? new Uint8Array(32) }),
  };
}

const log = makeLog();

describe("growth of a log", () => {
  test("is proved from its tiles, between any two sizes", async () => {
    for (const [i, older] of SIZES.entries()) {
      for (const newer of SIZES.slice(i)) {
        expect(await checkGrowth(log.head(older), log.head(newer), log.tile), `${older} to ${newer}`).toBeUndefined();
      }
    }
  });

  test("is refused when the older tree was another one", async () => {
    const older = { ...log.head(513), root: log.head(512).root };
    expect(await checkGrowth(older, log.head(66_000), log.tile)).toMatch(/old root/);
    expect(await checkGrowth({ ...log.head(513), root: log.head(1).root }, log.head(513), log.tile)).toMatch(
      /different/,
    );
  });

  test("is refused with any tile tampered with that the proof reads", async () => {
    const read = new Set<string>();
    const watch = (path: string) => {
      read.add(path);
      return log.tile(path);
    };
    await checkGrowth(log.head(513), log.head(65_537), watch);
    expect(read.size).toBeGreaterThan(1);
    for (const path of read) {
      const verdict = await checkGrowth(log.head(513), log.head(65_537), async (each) => {
        const bytes = await log.tile(each);
        return each === path ? bytes.map((byte) => byte ^ 1) : bytes;
      });
      expect(verdict, path).toBeDefined();
    }
  });

  test("is not taken from tiles of a wrong length", async () => {
    const cut = async (path: string) => (await log.tile(path)).slice(1);
    await expect(checkGrowth(log.head(256), log.head(LARGEST), cut)).rejects.toMatchObject({ code: "malformed_tile" });
  });
});
