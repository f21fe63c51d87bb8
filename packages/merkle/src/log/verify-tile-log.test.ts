import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { ed25519Verifier } from "../note/ed25519.ts";
import { createJsKernel } from "../sha256/js-kernel.ts";
import { makeLog, readerOf } from "./log.fixture.ts";
import type { TileLogReader } from "./tile-files.ts";
import { type TileLogOptions, verifyTileLog } from "./verify-tile-log.ts";

const entriesOf = (count: number) => Array.from({ length: count }, () => new Uint8Array(randomBytes(42)));

/** 257 bundles: three tile levels, with a full tile of level 1. */
const LARGE = makeLog(entriesOf(65_792 + 70));
/** 600 entries: full and partial bundles, two tile levels. */
const SMALL = makeLog(entriesOf(600));

type Files = Map<string, Uint8Array>;
const check = (files: Files, head = SMALL.head, options: Partial<TileLogOptions> = {}) =>
  verifyTileLog({ read: readerOf(files), head, ...options });

/** Copies a log's files with some replaced; undefined removes. */
const changed = (log: { files: Files }, changes: Readonly<Record<string, Uint8Array | undefined>>): Files => {
  const files = new Map(log.files);
  for (const [path, bytes] of Object.entries(changes)) {
    if (bytes === undefined) files.delete(path);
    else files.set(path, bytes);
  }
  return files;
};
const flipped = (bytes: Uint8Array, bit: number) => bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
const flip = (log: { files: Files }, path: string, bit: number) => ({ [path]: flipped(log.files.get(path)!, bit) });
/** First bit of the entry at `position` of a bundle of 42-byte entries. */
const entryBit = (position: number) => (position * 44 + 2) * 8;
const hashBit = (position: number) => position * 32 * 8;
const codes = (report: { findings: readonly { code: string; path: string; position: number | undefined }[] }) =>
  report.findings.map(({ code, path, position }) => `${code} ${path}${position === undefined ? "" : ` ${position}`}`);

describe("an intact log", () => {
  test.each([0, 1, 2, 255, 256, 257, 600])("of %i entries passes", async (size) => {
    const { files, head } = makeLog(entriesOf(size));
    const report = await check(files, head);
    expect(report).toEqual({ ok: true, size, root: head.root, findings: [], isTruncated: false });
    expect(await check(files, head, { kernel: createJsKernel(), readAheadBundles: 1 })).toEqual(report);
  });

  test("with entries of any lengths passes", async () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 200, size: "max" }), { maxLength: 300, size: "max" });
    await fc.assert(
      fc.asyncProperty(entries, async (made) => {
        const { files, head } = makeLog(made);
        expect((await check(files, head)).ok).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test("of three tile levels passes", async () => {
    expect(LARGE.files.has("tile/2/000.p/1")).toBe(true);
    expect((await check(LARGE.files, LARGE.head)).ok).toBe(true);
  });

  test("hands over every entry in order", async () => {
    const entries = entriesOf(600);
    const { files, head } = makeLog(entries);
    const seen: Uint8Array[] = [];
    const report = await check(files, head, {
      onBundle: ({ firstIndex, count, bytes, spans }) => {
        expect(firstIndex).toBe(seen.length);
        for (let i = 0; i < count; i++) {
          seen.push(bytes.slice(spans.offsets[i], spans.offsets[i]! + spans.lengths[i]!));
        }
      },
    });
    expect(report.ok).toBe(true);
    expect(seen).toEqual(entries);
  });

  test("may have grown: full tiles and bundles stand in for partial ones", async () => {
    const entries = entriesOf(600);
    const older = makeLog(entries.slice(0, 300));
    const { files } = makeLog(entries);
    // What C2SP lets a log delete: partial files whose full ones are there. The level-1 tile is still partial.
    files.set("tile/1/000.p/1", older.files.get("tile/1/000.p/1")!);
    expect((await check(files, older.head)).ok).toBe(true);
    const report = await check(changed({ files }, flip({ files }, "tile/entries/001", entryBit(3))), older.head);
    expect(codes(report)).toEqual(["root_mismatch checkpoint", "entry_altered tile/entries/001 3"]);
  });
});

describe("the log of another implementation", () => {
  const directory = join(import.meta.dirname, "../../testdata/tessera-log/log");
  const vkey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
  const read: TileLogReader = (path) =>
    readFile(join(directory, path)).then(
      (bytes) => new Uint8Array(bytes),
      () => undefined,
    );

  test.each(Array.from({ length: 16 }, (_, size) => size))("passes at size %i", async (size) => {
    const opened = openCheckpoint(new Uint8Array(await readFile(join(directory, `checkpoint.${size}`))), {
      origin: "example.com/log/testdata",
      log: [ed25519Verifier(vkey)],
    });
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.checkpoint.size).toBe(BigInt(size));
    const words: string[] = [];
    const report = await verifyTileLog({
      read,
      head: opened.checkpoint,
      onBundle: ({ count, bytes, spans }) => {
        for (let i = 0; i < count; i++) {
          words.push(Buffer.from(bytes).toString("utf8", spans.offsets[i], spans.offsets[i]! + spans.lengths[i]!));
        }
      },
    });
    expect(report).toMatchObject({ ok: true, size });
    const all = "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split(" ");
    expect(words).toEqual(all.slice(0, size));
    if (size === 15) {
      expect(Buffer.from(report.root!).toString("base64")).toBe("rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=");
    }
  });
});

describe("one flipped bit", () => {
  test("in any file of a small log is found, in that file", async () => {
    let missed = 0;
    for (const [path, bytes] of SMALL.files) {
      // The ends of the file, and bits all over it.
      const bits = [0, 1, 7, bytes.length * 8 - 1, ...Array.from({ length: 12 }, (_, i) => i * 7_919 + 11)];
      for (const bit of new Set(bits.map((each) => each % (bytes.length * 8)))) {
        const report = await check(changed(SMALL, flip(SMALL, path, bit)));
        if (report.ok) missed++;
        expect(report.findings.some((finding) => finding.path === path)).toBe(true);
        expect(report.findings.every((finding) => [path, "checkpoint"].includes(finding.path))).toBe(true);
      }
    }
    expect(missed).toBe(0);
  });

  test("in any kind of file of a large log is found, in that file", async () => {
    const upper = ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/257.p/70", "tile/entries/257.p/70"];
    const lower = [0, 1, 100, 255, 256].flatMap((n) => [
      `tile/0/${String(n).padStart(3, "0")}`,
      `tile/entries/${String(n).padStart(3, "0")}`,
    ]);
    for (const path of [...upper, ...lower]) {
      const bit = Math.floor(LARGE.files.get(path)!.length * 8 * 0.7);
      const report = await check(changed(LARGE, flip(LARGE, path, bit)), LARGE.head);
      expect(report.ok).toBe(false);
      expect(new Set(report.findings.map((finding) => finding.path)).difference(new Set(["checkpoint"]))).toEqual(
        new Set([path]),
      );
    }
  });
});

describe("a finding is exact", () => {
  test("an altered entry", async () => {
    const report = await check(changed(SMALL, flip(SMALL, "tile/entries/001", entryBit(77))));
    expect(codes(report)).toEqual(["root_mismatch checkpoint", "entry_altered tile/entries/001 77"]);
    expect(report.findings[1]).toMatchObject({ entryIndex: 256 + 77 });
    expect(report.root).not.toEqual(SMALL.head.root);
  });

  test("an altered entry of the last, partial bundle", async () => {
    const report = await check(changed(SMALL, flip(SMALL, "tile/entries/002.p/88", entryBit(87))));
    expect(codes(report)).toEqual(["root_mismatch checkpoint", "entry_altered tile/entries/002.p/88 87"]);
    expect(report.findings[1]).toMatchObject({ entryIndex: 599 });
  });

  test("two entries that changed places", async () => {
    const bundle = SMALL.files.get("tile/entries/000")!.slice();
    const first = bundle.slice(44, 88);
    bundle.copyWithin(44, 88, 132);
    bundle.set(first, 88);
    expect(codes(await check(changed(SMALL, { "tile/entries/000": bundle })))).toEqual([
      "root_mismatch checkpoint",
      "entry_altered tile/entries/000 1",
      "entry_altered tile/entries/000 2",
    ]);
  });

  test("an altered hash of each kind of tile", async () => {
    for (const [path, position] of [
      ["tile/0/000", 200],
      ["tile/0/002.p/88", 5],
      ["tile/1/000.p/2", 1],
    ] as const) {
      const report = await check(changed(SMALL, flip(SMALL, path, hashBit(position) + 3)));
      expect(codes(report)).toEqual([`tile_hash_altered ${path} ${position}`]);
      expect(report.root).toEqual(SMALL.head.root);
    }
    const report = await check(changed(LARGE, flip(LARGE, "tile/1/000", hashBit(9))), LARGE.head);
    expect(codes(report)).toEqual(["tile_hash_altered tile/1/000 9"]);
  });

  test("an entry altered together with its hash and the parents' hashes", async () => {
    const forged = entriesOf(600);
    const bundle = SMALL.files.get("tile/entries/000")!.slice();
    bundle.set(forged[0]!, 2);
    // The forger rebuilds every tile, as makeLog does, but cannot change the checkpoint.
    const entries = Array.from({ length: 600 }, (_, i) => {
      const file = SMALL.files.get(i < 512 ? `tile/entries/00${i >> 8}` : "tile/entries/002.p/88")!;
      return file.slice((i & 255) * 44 + 2, (i & 255) * 44 + 44);
    });
    const { files } = makeLog(entries.with(0, forged[0]!));
    const report = await check(files);
    expect(codes(report)).toEqual(["root_mismatch checkpoint"]);
  });

  test("several alterations at once are told apart", async () => {
    const report = await check(
      changed(LARGE, {
        ...flip(LARGE, "tile/entries/003", entryBit(4)),
        ...flip(LARGE, "tile/0/007", hashBit(250)),
        ...flip(LARGE, "tile/1/000", hashBit(100)),
        ...flip(LARGE, "tile/entries/256", entryBit(0)),
      }),
      LARGE.head,
    );
    expect(codes(report)).toEqual([
      "root_mismatch checkpoint",
      "tile_hash_altered tile/1/000 100",
      "entry_altered tile/entries/003 4",
      "tile_hash_altered tile/0/007 250",
      "entry_altered tile/entries/256 0",
    ]);
  });

  test("an entry and another's hash in the same tile", async () => {
    const changes = {
      ...flip(SMALL, "tile/entries/001", entryBit(4)),
      ...flip(SMALL, "tile/0/001", hashBit(9)),
    };
    expect(codes(await check(changed(SMALL, changes)))).toEqual([
      "root_mismatch checkpoint",
      "entry_altered tile/entries/001 4",
      "tile_hash_altered tile/0/001 9",
    ]);
  });

  test("too much at once is not guessed at", async () => {
    const bundle = SMALL.files.get("tile/entries/001")!.slice();
    const tile = SMALL.files.get("tile/0/001")!.slice();
    for (let i = 0; i < 20; i++) {
      bundle[i * 44 + 5]! ^= 1;
      tile[(i + 30) * 32]! ^= 1;
    }
    const report = await check(changed(SMALL, { "tile/entries/001": bundle, "tile/0/001": tile }));
    expect(report.findings).toHaveLength(41);
    expect(new Set(report.findings.slice(1).map(({ code }) => code))).toEqual(new Set(["entry_or_tile_altered"]));
    const alone = await check(changed(SMALL, { "tile/0/001": tile, "tile/entries/001": undefined }));
    expect(codes(alone)).toEqual([
      "root_not_computable checkpoint",
      "tile_unauthentic tile/0/001",
      "bundle_missing tile/entries/001",
    ]);
    const without = await check(changed(SMALL, { "tile/entries/001": bundle, "tile/0/001": undefined }));
    expect(codes(without)).toEqual([
      "root_mismatch checkpoint",
      "tile_missing tile/0/001",
      "bundle_unauthentic tile/entries/001",
    ]);
  });

  test("missing files", async () => {
    expect(codes(await check(changed(SMALL, { "tile/entries/001": undefined })))).toEqual([
      "bundle_missing tile/entries/001",
    ]);
    expect((await check(changed(SMALL, { "tile/entries/001": undefined }))).root).toBeUndefined();
    expect(codes(await check(changed(SMALL, { "tile/0/002.p/88": undefined })))).toEqual([
      "tile_missing tile/0/002.p/88",
    ]);
    expect(codes(await check(changed(SMALL, { "tile/1/000.p/2": undefined })))).toEqual([
      "tile_missing tile/1/000.p/2",
    ]);
    const both = await check(changed(SMALL, { "tile/entries/000": undefined, "tile/0/000": undefined }));
    expect(codes(both)).toEqual([
      "root_not_computable checkpoint",
      "tile_missing tile/0/000",
      "bundle_missing tile/entries/000",
    ]);
    expect((await check(new Map())).ok).toBe(false);
  });

  test("files cut short, or with something behind", async () => {
    const tile = SMALL.files.get("tile/0/000")!;
    const bundle = SMALL.files.get("tile/entries/000")!;
    const with_ = async (changes: Record<string, Uint8Array>) => codes(await check(changed(SMALL, changes)));
    expect(await with_({ "tile/0/000": tile.slice(1) })).toEqual(["tile_wrong_length tile/0/000"]);
    expect(await with_({ "tile/0/000": new Uint8Array([...tile, 0]) })).toEqual(["tile_wrong_length tile/0/000"]);
    expect(await with_({ "tile/0/000": new Uint8Array(0) })).toEqual(["tile_wrong_length tile/0/000"]);
    expect(await with_({ "tile/entries/000": bundle.slice(0, -1) })).toEqual(["bundle_malformed tile/entries/000"]);
    expect(await with_({ "tile/entries/000": new Uint8Array([...bundle, 0]) })).toEqual([
      "bundle_malformed tile/entries/000",
    ]);
    const report = await check(
      changed(SMALL, { "tile/entries/001": flipped(SMALL.files.get("tile/entries/001")!, 10 * 44 * 8 + 7) }),
    );
    expect(codes(report)).toEqual(["bundle_malformed tile/entries/001"]);
    expect(report.findings[0]?.entryIndex).toBe(256 + 10);
  });

  test("a checkpoint of another root or size", async () => {
    const otherRoot = { ...SMALL.head, root: flipped(SMALL.head.root, 0) };
    expect(codes(await check(SMALL.files, otherRoot))).toEqual(["root_mismatch checkpoint"]);
    expect((await check(SMALL.files, { ...SMALL.head, size: 599n })).ok).toBe(false);
    expect((await check(SMALL.files, { ...SMALL.head, size: 601n })).ok).toBe(false);
    expect(codes(await check(SMALL.files, { size: 0n, root: SMALL.head.root }))).toEqual(["root_mismatch checkpoint"]);
  });
});

describe("hostile files", () => {
  test("of any bytes are reported, never thrown at", async () => {
    const paths = fc.constantFrom(...SMALL.files.keys());
    const replacements = fc.array(fc.tuple(paths, fc.uint8Array({ maxLength: 9_000, size: "max" })), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(replacements, async (made) => {
        const report = await check(changed(SMALL, Object.fromEntries(made)));
        expect(report.ok).toBe(false);
        for (const [path] of made) expect(report.findings.some((each) => each.path === path)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("do not hide each other: each one altered is named, or the one it is compared with", async () => {
    const counterpart = (path: string) =>
      path.startsWith("tile/0/") ? path.replace("tile/0/", "tile/entries/") : path.replace("tile/entries/", "tile/0/");
    const pick = fc.subarray([...SMALL.files.keys()], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(pick, fc.nat(), async (paths, seed) => {
        const changes = paths.map((path) => flip(SMALL, path, seed % (SMALL.files.get(path)!.length * 8)));
        const report = await check(changed(SMALL, Object.assign({}, ...changes)));
        const named = new Set(report.findings.map((each) => each.path));
        expect(paths.filter((path) => !named.has(path) && !named.has(counterpart(path)))).toEqual([]);
        const innocent = [...named].filter((path) => !paths.includes(path) && !paths.includes(counterpart(path)));
        // An upper tile is under suspicion only when what is below it was altered, too, beyond telling.
        expect(innocent.every((path) => path === "checkpoint" || path.startsWith("tile/1/"))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe("bounds", () => {
  test("gives up on a log that is mostly not there", async () => {
    const report = await check(new Map(), { size: 2n ** 50n, root: SMALL.head.root }, { maxFindings: 50 });
    expect(report).toMatchObject({ ok: false, isTruncated: true, root: undefined });
    expect(report.findings).toHaveLength(50);
  });

  test("keeps no more findings than asked for", async () => {
    const other = makeLog(entriesOf(600));
    const report = await check(
      changed(SMALL, { "tile/entries/000": other.files.get("tile/entries/000")! }),
      SMALL.head,
      {
        maxFindings: 10,
      },
    );
    expect(report.findings).toHaveLength(10);
    expect(report.isTruncated).toBe(true);
  });

  test("copes with a log in which every entry is another", async () => {
    const other = makeLog(entriesOf(Number(LARGE.head.size)));
    const forged = changed(LARGE, Object.fromEntries([...other.files].filter(([path]) => path.includes("entries"))));
    const report = await check(forged, LARGE.head);
    expect(report).toMatchObject({ ok: false, isTruncated: true });
    expect(report.findings).toHaveLength(1_000);
    expect(report.findings.slice(0, 2)).toMatchObject([
      { code: "root_mismatch" },
      { code: "entry_altered", path: "tile/entries/000", entryIndex: 0 },
    ]);
  });

  test("refuses a size that no number holds", async () => {
    const tooLarge = check(new Map(), { size: 2n ** 53n, root: SMALL.head.root });
    await expect(tooLarge).rejects.toThrow(expect.objectContaining({ code: "out_of_range" }));
  });

  test("reads ahead, but not far", async () => {
    let underWay = 0;
    let most = 0;
    const read: TileLogReader = async (path) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return LARGE.files.get(path);
    };
    expect((await verifyTileLog({ read, head: LARGE.head, readAheadBundles: 8 })).ok).toBe(true);
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(18);
  });

  test("rejects when reading fails", async () => {
    const read: TileLogReader = (path) =>
      path === "tile/entries/001" ? Promise.reject(new Error("disk")) : Promise.resolve(SMALL.files.get(path));
    await expect(verifyTileLog({ read, head: SMALL.head })).rejects.toThrow("disk");
  });
});
