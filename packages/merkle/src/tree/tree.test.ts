import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "../bytes/hex.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { createJsKernel } from "../sha256/js-kernel.ts";
import { createCompactRange, restoreCompactRange } from "./compact-range.ts";
import { emptyRoot, leafHash, nodeHash } from "./hashing.ts";
import { consistencyProof, inclusionProof, type NodeSource, rootFromNodes } from "./proof.ts";
import { splitPoint } from "./ranges.ts";
import { rootFromLeafHashes } from "./root.ts";
import { verifyConsistency } from "./verify-consistency.ts";
import { verifyInclusion } from "./verify-inclusion.ts";

const VECTOR_LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => leafHash(hexToBytes(hex)));
const VECTOR_ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const MAX_SIZE = 300;
const LEAVES = Array.from({ length: MAX_SIZE }, (_, i) => leafHash(encodeUtf8(`entry ${i}`)));
const joined = (leaves: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(leaves));

/** RFC 6962 §2.1 word for word, memoized; the reference everything else is held against. */
const naive = new Map<string, Uint8Array>();
const naiveRoot = (start: number, end: number): Uint8Array => {
  const key = `${start} ${end}`;
  const known = naive.get(key);
  if (known !== undefined) return known;
  let root: Uint8Array;
  if (end === start) root = new Uint8Array(createHash("sha256").digest());
  else if (end - start === 1) root = LEAVES[start]!;
  else {
    let k = 1;
    while (k * 2 < end - start) k *= 2;
    const hash = createHash("sha256").update(Uint8Array.of(1));
    root = new Uint8Array(
      hash
        .update(naiveRoot(start, start + k))
        .update(naiveRoot(start + k, end))
        .digest(),
    );
  }
  naive.set(key, root);
  return root;
};
/** PATH(m, D[n]) of RFC 6962 §2.1.1. */
const naivePath = (m: number, start: number, end: number): Uint8Array[] => {
  if (end - start === 1) return [];
  let k = 1;
  while (k * 2 < end - start) k *= 2;
  return m < start + k
    ? [...naivePath(m, start, start + k), naiveRoot(start + k, end)]
    : [...naivePath(m, start + k, end), naiveRoot(start, start + k)];
};
/** SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2. */
const naiveSubproof = (m: number, range: { start: number; end: number }, isOldRootKnown: boolean): Uint8Array[] => {
  const { start, end } = range;
  if (m === end) return isOldRootKnown ? [] : [naiveRoot(start, end)];
  let k = 1;
  while (k * 2 < end - start) k *= 2;
  const middle = start + k;
  return m <= middle
    ? [...naiveSubproof(m, { start, end: middle }, isOldRootKnown), naiveRoot(middle, end)]
    : [...naiveSubproof(m, { start: middle, end }, false), naiveRoot(start, middle)];
};

const source: NodeSource = (level, index) => naiveRoot(index * 2 ** level, (index + 1) * 2 ** level);
const head = (size: number) => ({ size: BigInt(size), root: naiveRoot(0, size) });
const flipBit = (bytes: Uint8Array, bit: number) =>
  bytes.with((bit >> 3) % 32, bytes[(bit >> 3) % 32]! ^ (1 << (bit & 7)));

describe("RFC 6962 vectors", () => {
  test("roots of sizes 0 to 8", () => {
    for (const [size, root] of VECTOR_ROOTS.entries()) {
      expect(bytesToHex(rootFromLeafHashes(joined(VECTOR_LEAVES.slice(0, size))))).toBe(root);
    }
    expect(bytesToHex(emptyRoot())).toBe(VECTOR_ROOTS[0]);
  });

  test("single hashes", () => {
    const expected = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56";
    expect(bytesToHex(leafHash(encodeUtf8("L123456")))).toBe(expected);
    const node = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb";
    expect(bytesToHex(nodeHash(encodeUtf8("N123"), encodeUtf8("N456")))).toBe(node);
  });
});

describe("every tree up to 300 leaves, against the RFC's recursion", () => {
  test("roots, from leaves, from nodes and by appending", () => {
    const range = createCompactRange();
    for (let size = 0; size <= MAX_SIZE; size++) {
      const expected = naiveRoot(0, size);
      expect(rootFromLeafHashes(joined(LEAVES.slice(0, size)))).toEqual(expected);
      expect(rootFromNodes(size, source)).toEqual(expected);
      expect(range.size).toBe(size);
      expect(range.root()).toEqual(expected);
      expect(restoreCompactRange(range.toBytes()).root()).toEqual(expected);
      if (size < MAX_SIZE) range.append(LEAVES[size]!);
    }
  });

  test("inclusion proofs are the RFC's and verify", () => {
    for (let size = 1; size <= MAX_SIZE; size++) {
      // Every leaf of the small trees, a spread of the large ones; each proof costs some ten hashes.
      const step = size <= 70 || size > MAX_SIZE - 3 ? 1 : 17;
      for (let leaf = 0; leaf < size; leaf += step) {
        const hashes = inclusionProof(leaf, size, source);
        expect(hashes).toEqual(naivePath(leaf, 0, size));
        const claim = { leafIndex: BigInt(leaf), leafHash: LEAVES[leaf]!, hashes };
        expect(verifyInclusion(claim, head(size))).toEqual({ ok: true });
      }
    }
  });

  test("consistency proofs are the RFC's and verify", () => {
    for (let size = 1; size <= MAX_SIZE; size++) {
      const step = size <= 70 || size > MAX_SIZE - 3 ? 1 : 17;
      for (let old = 1; old <= size; old += step) {
        const hashes = consistencyProof(old, size, source);
        expect(hashes).toEqual(naiveSubproof(old, { start: 0, end: size }, true));
        expect(verifyConsistency(head(old), head(size), hashes)).toEqual({ ok: true });
      }
    }
  });
});

describe("proofs", () => {
  test("of what no tree has are not made", () => {
    const outOfRange = expect.objectContaining({ code: "out_of_range" });
    expect(() => inclusionProof(5, 5, source)).toThrow(outOfRange);
    expect(() => inclusionProof(0, 0, source)).toThrow(outOfRange);
    expect(() => inclusionProof(-1, 5, source)).toThrow(outOfRange);
    expect(() => inclusionProof(0.5, 5, source)).toThrow(outOfRange);
    expect(() => consistencyProof(0, 5, source)).toThrow(outOfRange);
    expect(() => consistencyProof(6, 5, source)).toThrow(outOfRange);
    expect(() => consistencyProof(1, 2 ** 53, source)).toThrow(outOfRange);
    expect(() => rootFromNodes(Number.NaN, source)).toThrow(outOfRange);
  });

  test("with anything changed, added or missing are refused, and the code says what", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: MAX_SIZE }), fc.nat(), fc.nat(), (size, pick, bit) => {
        const leaf = pick % size;
        const hashes = inclusionProof(leaf, size, source);
        const claim = { leafIndex: BigInt(leaf), leafHash: LEAVES[leaf]!, hashes };
        const code = (change: Partial<typeof claim>, tree = head(size)) => {
          const verdict = verifyInclusion({ ...claim, ...change }, tree);
          return verdict.ok ? "proven" : verdict.code;
        };
        const at = bit % hashes.length;
        expect(code({ hashes: hashes.with(at, flipBit(hashes[at]!, bit)) })).toBe("root_mismatch");
        expect(code({ leafHash: flipBit(claim.leafHash, bit) })).toBe("root_mismatch");
        expect(code({}, { ...head(size), root: flipBit(head(size).root, bit) })).toBe("root_mismatch");
        expect(code({ hashes: hashes.slice(1) })).toBe("proof_wrong_length");
        expect(code({ hashes: [...hashes, hashes[0]!] })).toBe("proof_wrong_length");
        expect(code({ hashes: hashes.with(at, hashes[at]!.subarray(1)) })).toBe("malformed_hash");
        expect(code({ leafIndex: BigInt(size) })).toBe("size_out_of_range");
        expect(code({ leafIndex: -1n })).toBe("size_out_of_range");
        expect(code({ leafIndex: BigInt((leaf + 1) % size) })).not.toBe("proven");
      }),
    );
  });

  test("of consistency with anything changed, added or missing are refused", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: MAX_SIZE }), fc.nat(), fc.nat(), (size, pick, bit) => {
        const old = 1 + (pick % (size - 1));
        const hashes = consistencyProof(old, size, source);
        const check = (proof: readonly Uint8Array[], from = head(old), to = head(size)) => {
          const verdict = verifyConsistency(from, to, proof);
          return verdict.ok ? "proven" : verdict.code;
        };
        const at = bit % hashes.length;
        expect(check(hashes.with(at, flipBit(hashes[at]!, bit)))).toBe("root_mismatch");
        expect(check(hashes, { ...head(old), root: flipBit(head(old).root, bit) })).toBe("root_mismatch");
        expect(check(hashes, head(old), { ...head(size), root: flipBit(head(size).root, bit) })).toBe("root_mismatch");
        expect(check(hashes.slice(1))).not.toBe("proven");
        expect(check(hashes.slice(0, -1))).toBe("proof_wrong_length");
        expect(check([...hashes, hashes[0]!])).toBe("proof_wrong_length");
        expect(check([])).toBe("proof_wrong_length");
        expect(check(hashes.with(at, hashes[at]!.subarray(1)))).toBe("malformed_hash");
        expect(check(hashes, head(size), head(old))).toBe("size_out_of_range");
      }),
    );
  });
});

describe("splitPoint", () => {
  test("is the largest power of two below n, near every power up to 2^53", () => {
    for (let bit = 1; bit <= 52; bit++) {
      const power = 2 ** bit;
      expect(splitPoint(power)).toBe(power / 2);
      expect(splitPoint(power + 1)).toBe(power);
      if (power > 2) expect(splitPoint(power - 1)).toBe(power / 2);
    }
    expect(splitPoint(Number.MAX_SAFE_INTEGER)).toBe(2 ** 52);
  });
});

describe("compact ranges", () => {
  test("give the same tree and the same nodes however the leaves arrive", () => {
    const leaf = joined(LEAVES);
    const sizes = fc.array(fc.nat({ max: 90 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.boolean(), (batches, isSlow) => {
        let range = isSlow ? createCompactRange(createJsKernel()) : createCompactRange();
        let at = 0;
        for (const batch of batches) {
          const count = Math.min(batch, MAX_SIZE - at);
          range.append(leaf.subarray(at * 32, (at + count) * 32), ({ level, firstIndex, hashes }) => {
            for (let i = 0; i < hashes.length / 32; i++) {
              expect(hashes.slice(i * 32, i * 32 + 32)).toEqual(source(level, firstIndex + i));
            }
          });
          at += count;
          range = restoreCompactRange(range.toBytes());
          expect(range.size).toBe(at);
          expect(range.root()).toEqual(naiveRoot(0, at));
        }
      }),
    );
  });

  test("report every complete node exactly once", () => {
    const seen: string[] = [];
    const range = createCompactRange();
    for (const count of [1, 6, 0, 150, 143]) {
      const at = range.size;
      range.append(joined(LEAVES.slice(at, at + count)), ({ level, firstIndex, hashes }) => {
        for (let i = 0; i < hashes.length / 32; i++) seen.push(`${level}/${firstIndex + i}`);
      });
    }
    const expected: string[] = [];
    for (let level = 0; 2 ** level <= MAX_SIZE; level++) {
      for (let index = 0; (index + 1) * 2 ** level <= MAX_SIZE; index++) expected.push(`${level}/${index}`);
    }
    expect(seen.toSorted()).toEqual(expected.toSorted());
  });

  test("refuse bytes that they did not write", () => {
    const range = createCompactRange();
    range.append(joined(LEAVES.slice(0, 21)));
    const bytes = range.toBytes();
    const malformed = expect.objectContaining({ code: "malformed_compact_range" });
    expect(() => restoreCompactRange(bytes.subarray(1))).toThrow(malformed);
    expect(() => restoreCompactRange(new Uint8Array([...bytes, 0]))).toThrow(malformed);
    expect(() => restoreCompactRange(bytes.with(7, 20))).toThrow(malformed);
    expect(() => restoreCompactRange(bytes.with(0, 1))).toThrow(malformed);
    expect(() => range.append(new Uint8Array(31))).toThrow(expect.objectContaining({ code: "out_of_range" }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (any) => {
        try {
          expect(restoreCompactRange(any).toBytes()).toEqual(any);
        } catch (error) {
          expect(error).toBeInstanceOf(MerkleError);
        }
      }),
    );
  });

  test("keep nothing of the caller's, Node's buffers included", () => {
    const leaf = Buffer.from(LEAVES[0]!);
    const range = createCompactRange();
    range.append(leaf);
    const bytes = Buffer.from(range.toBytes());
    const restored = restoreCompactRange(bytes);
    leaf.fill(0);
    bytes.fill(0);
    expect(range.root()).toEqual(LEAVES[0]);
    expect(restored.root()).toEqual(LEAVES[0]);
    const root = range.root();
    root.fill(0);
    expect(range.root()).toEqual(LEAVES[0]);
  });

  test("keep large sizes exactly", () => {
    const size = 2 ** 52 + 2 ** 40 + 3;
    const bytes = new Uint8Array(8 + 4 * 32);
    bytes.set(randomBytes(bytes.length));
    new DataView(bytes.buffer).setBigUint64(0, BigInt(size));
    const range = restoreCompactRange(bytes);
    expect(range.size).toBe(size);
    range.append(LEAVES[0]!);
    expect(range.size).toBe(size + 1);
    expect(range.toBytes()).toHaveLength(8 + 3 * 32);
  });
});
