import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MerkleError } from "../error.ts";
import { createJsKernel } from "../sha256/js-kernel.ts";
import { createCompactRange } from "../tree/compact-range.ts";
import { consistencyProof, inclusionProof, rootFromNodes } from "../tree/proof.ts";
import { verifyConsistency } from "../tree/verify-consistency.ts";
import { verifyInclusion } from "../tree/verify-inclusion.ts";
import { encodeEntryBundle, splitEntryBundle } from "./entry-bundle.ts";
import { bundlesForSize, tilesForConsistencyProof, tilesForInclusionProof, tilesForSize } from "./layout.ts";
import { entriesPath, parseTilePath, type TileId, tilePath } from "./path.ts";
import { createTileBuilder } from "./tile-builder.ts";
import { type TileReader, tileHashSource } from "./tile-source.ts";

describe("paths", () => {
  test.each([
    [tilePath(0, 0), "tile/0/000"],
    [tilePath(15, 455_667), "tile/15/x455/667"],
    [tilePath(15, 123_456_789, 41), "tile/15/x123/x456/789.p/41"],
    [tilePath(0, 1_234_067), "tile/0/x001/x234/067"],
    [tilePath(63, 999, 255), "tile/63/999.p/255"],
    [tilePath(0, 1_000), "tile/0/x001/000"],
    [entriesPath(0), "tile/entries/000"],
    [entriesPath(0, 8), "tile/entries/000.p/8"],
    [entriesPath(255), "tile/entries/255"],
    [entriesPath(455_667), "tile/entries/x455/667"],
    [entriesPath(3_455_667), "tile/entries/x003/x455/667"],
    [entriesPath(123_456_789), "tile/entries/x123/x456/789"],
    [entriesPath(Number.MAX_SAFE_INTEGER, 1), "tile/entries/x009/x007/x199/x254/x740/991.p/1"],
  ])("%s", (path, expected) => expect(path).toBe(expected));

  test("go there and back", () => {
    const width = fc.integer({ min: 1, max: 256 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 63 }), fc.maxSafeNat(), width, (level, index, width_) => {
        expect(parseTilePath(tilePath(level, index, width_))).toEqual({ kind: "tile", level, index, width: width_ });
        expect(parseTilePath(entriesPath(index, width_))).toEqual({ kind: "entries", index, width: width_ });
      }),
    );
  });

  test.each([
    "",
    "tile",
    "tile/0",
    "tile/0/0",
    "tile/0/0000",
    "tile/0/x000/000",
    "tile/0/x000/001",
    "tile/0/001/002",
    "tile/0/x001",
    "tile/0/x001/x002",
    "tile/0/x1/002",
    "tile/00/000",
    "tile/01/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/257",
    "tile/0/000.p/01",
    "tile/0/000.p/",
    "tile/0/000.p",
    "tile/0/000.p/1/",
    "/tile/0/000",
    "tile/0/000\n",
    "tile/0//000",
    "tile/entries/x010/x007/x199/x254/x740/992",
    "tile/0/x001/x009/x007/x199/x254/x740/992",
    "tile/data/000",
    "tile/0/٠٠٠",
    "tile/0/../000",
    "checkpoint",
  ])("refuses %j", (path) => {
    expect(() => parseTilePath(path)).toThrow(expect.objectContaining({ code: "malformed_tile_path" }));
  });

  test("any text is read or refused, and has one spelling", () => {
    const piece = fc.constantFrom("tile", "/", "0", "1", "000", "x001", "entries", ".p/", "256", "9", "x", "63");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join("")),
        ),
        (path) => {
          try {
            const read = parseTilePath(path);
            const written =
              read.kind === "tile" ? tilePath(read.level, read.index, read.width) : entriesPath(read.index, read.width);
            expect(written).toBe(path);
          } catch (error) {
            expect(error).toBeInstanceOf(MerkleError);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("refuses to write what does not exist", () => {
    const outOfRange = expect.objectContaining({ code: "out_of_range" });
    expect(() => tilePath(64, 0)).toThrow(outOfRange);
    expect(() => tilePath(0.5, 0)).toThrow(outOfRange);
    expect(() => tilePath(0, -1)).toThrow(outOfRange);
    expect(() => tilePath(0, 2 ** 53)).toThrow(outOfRange);
    expect(() => entriesPath(0, 0)).toThrow(outOfRange);
    expect(() => entriesPath(0, 257)).toThrow(outOfRange);
  });
});

describe("layout", () => {
  const names = (tiles: Iterable<TileId>) => [...tiles].map(({ level, index, width }) => tilePath(level, index, width));

  test("of small trees", () => {
    expect(names(tilesForSize(0))).toEqual([]);
    expect(names(tilesForSize(1))).toEqual(["tile/0/000.p/1"]);
    expect(names(tilesForSize(255))).toEqual(["tile/0/000.p/255"]);
    expect(names(tilesForSize(256))).toEqual(["tile/0/000", "tile/1/000.p/1"]);
    expect(names(tilesForSize(257))).toEqual(["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
    expect(() => [...tilesForSize(-1)]).toThrow(MerkleError);
  });

  test("of the specification's tree of 70,000", () => {
    const tiles = [...tilesForSize(70_000)];
    expect(tiles.filter(({ level, width }) => level === 0 && width === 256)).toHaveLength(273);
    const rest = tiles.filter(({ level, width }) => level > 0 || width < 256);
    expect(names(rest)).toEqual(["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
    const bundles = [...bundlesForSize(70_000)];
    expect(bundles).toHaveLength(274);
    expect(bundles.at(-1)).toEqual({ index: 273, width: 112 });
  });
});

describe("entry bundles", () => {
  test("go there and back", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
        const bundle = encodeEntryBundle(entries);
        expect(splitEntryBundle(bundle, entries.length)).toEqual(entries);
        const malformed = expect.objectContaining({ code: "malformed_entry_bundle" });
        expect(() => splitEntryBundle(bundle, entries.length + 1)).toThrow(malformed);
        if (entries.length > 0) expect(() => splitEntryBundle(bundle, entries.length - 1)).toThrow(malformed);
        if (entries.length > 0) expect(() => splitEntryBundle(bundle.subarray(1), entries.length)).toThrow(malformed);
      }),
    );
  });

  test("say where they stop making sense", () => {
    const bundle = encodeEntryBundle([new Uint8Array(3), new Uint8Array(4)]);
    const at = (position: number) => expect.objectContaining({ code: "malformed_entry_bundle", position });
    expect(() => splitEntryBundle(bundle.subarray(0, 10), 2)).toThrow(at(1));
    expect(() => splitEntryBundle(bundle.subarray(0, 6), 2)).toThrow(at(1));
    expect(() => splitEntryBundle(bundle.subarray(0, 5), 2)).toThrow(at(1));
    expect(() => splitEntryBundle(bundle, 1)).toThrow(at(1));
    expect(() => splitEntryBundle(new Uint8Array(0), 1)).toThrow(at(0));
  });

  test("hold entries of up to 65,535 bytes, up to 256 of them", () => {
    const long = new Uint8Array(65_535).fill(7);
    expect(splitEntryBundle(encodeEntryBundle([long, long]), 2)).toEqual([long, long]);
    const outOfRange = expect.objectContaining({ code: "out_of_range" });
    expect(() => encodeEntryBundle([new Uint8Array(65_536)])).toThrow(outOfRange);
    expect(() => encodeEntryBundle(Array.from({ length: 257 }, () => new Uint8Array(1)))).toThrow(outOfRange);
  });
});

describe("building and reading tiles", () => {
  const SIZE = 66_300;
  const leaves = new Uint8Array(randomBytes(SIZE * 32));
  const key = ({ level, index, width }: TileId) => tilePath(level, index, width);

  /** Builds the tiles of the first `size` leaves in batches, as files. */
  const build = (size: number, batch: number) => {
    const files = new Map<string, Uint8Array>();
    const builder = createTileBuilder({ emit: (tile) => files.set(key(tile), tile.bytes) });
    for (let at = 0; at < size; at += batch) builder.append(leaves.subarray(at * 32, Math.min(at + batch, size) * 32));
    for (const tile of builder.partialTiles()) files.set(key(tile), tile.bytes);
    return { files, root: builder.root() };
  };
  const rootOf = (size: number) => {
    const range = createCompactRange();
    range.append(leaves.subarray(0, size * 32));
    return range.root();
  };
  const whole = build(SIZE, 1_000);

  test("makes exactly the tiles of the layout, and the tree's root", () => {
    for (const size of [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, SIZE]) {
      const { files, root } = build(size, 777);
      expect(new Set(files.keys())).toEqual(new Set([...tilesForSize(size)].map(key)));
      for (const { level, index, width } of tilesForSize(size)) {
        expect(files.get(tilePath(level, index, width))).toHaveLength(width * 32);
      }
      expect(root).toEqual(rootOf(size));
    }
  });

  test("does not depend on how the leaves arrive", () => {
    expect(build(SIZE, 64)).toEqual(whole);
    expect(build(SIZE, SIZE)).toEqual(whole);
  });

  test("resumes from partial tiles", () => {
    for (const size of [0, 1, 256, 300, 65_536, 65_900]) {
      const { files } = build(size, 5_000);
      const readTile: TileReader = (tile) => files.get(key(tile));
      const builder = createTileBuilder({
        resume: { size, readTile },
        emit: (tile) => files.set(key(tile), tile.bytes),
      });
      expect(builder.root()).toEqual(rootOf(size));
      builder.append(leaves.subarray(size * 32));
      expect(builder.size).toBe(SIZE);
      expect(builder.root()).toEqual(whole.root);
      for (const tile of builder.partialTiles()) files.set(key(tile), tile.bytes);
      for (const [path, bytes] of whole.files) expect(files.get(path)).toEqual(bytes);
    }
  });

  test("refuses to resume from tiles that do not fit", () => {
    const emit = () => undefined;
    const resume = (size: number, readTile: TileReader) => () =>
      createTileBuilder({ emit, resume: { size, readTile } });
    expect(resume(300, () => undefined)).toThrow(expect.objectContaining({ code: "missing_node" }));
    expect(resume(300, () => new Uint8Array(32))).toThrow(expect.objectContaining({ code: "malformed_tile" }));
    expect(resume(-1, () => undefined)).toThrow(expect.objectContaining({ code: "out_of_range" }));
    expect(() => createTileBuilder({ emit }).append(new Uint8Array(33))).toThrow(MerkleError);
  });

  test("serves every proof, and needs just the tiles that it names", () => {
    const head = { size: BigInt(SIZE), root: whole.root };
    const size = fc.integer({ min: 1, max: SIZE });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SIZE - 1 }), size, (leaf, old) => {
        const asked = new Set<string>();
        const readTile: TileReader = (tile) => {
          asked.add(key(tile));
          return whole.files.get(key(tile));
        };
        const hashes = inclusionProof(leaf, SIZE, tileHashSource({ size: SIZE, readTile }));
        const leafHash = leaves.slice(leaf * 32, leaf * 32 + 32);
        expect(verifyInclusion({ leafIndex: BigInt(leaf), leafHash, hashes }, head)).toEqual({ ok: true });
        expect(asked).toEqual(new Set(tilesForInclusionProof(leaf, SIZE).map(key)));
        asked.clear();
        const source = tileHashSource({ size: SIZE, readTile, kernel: createJsKernel() });
        const proof = consistencyProof(old, SIZE, source);
        expect(verifyConsistency({ size: BigInt(old), root: rootOf(old) }, head, proof)).toEqual({ ok: true });
        expect(asked).toEqual(new Set(tilesForConsistencyProof(old, SIZE).map(key)));
      }),
      { numRuns: 40 },
    );
    const source = tileHashSource({ size: SIZE, readTile: (tile) => whole.files.get(key(tile)) });
    expect(rootFromNodes(SIZE, source)).toEqual(whole.root);
    for (let leaf = 0; leaf < SIZE; leaf += 200)
      expect(source(0, leaf)).toEqual(leaves.slice(leaf * 32, leaf * 32 + 32));
  });

  test("says which tile is missing or of another length", () => {
    const ask = (readTile: TileReader) => () => inclusionProof(5, SIZE, tileHashSource({ size: SIZE, readTile }));
    expect(ask(() => undefined)).toThrow(expect.objectContaining({ code: "missing_node" }));
    expect(ask(() => new Uint8Array(64))).toThrow(expect.objectContaining({ code: "malformed_tile" }));
    const beyond = () => tileHashSource({ size: 5, readTile: () => new Uint8Array(5 * 32) })(0, 5);
    expect(beyond).toThrow(expect.objectContaining({ code: "missing_node" }));
  });
});
