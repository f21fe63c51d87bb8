import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { base64Decode } from "../bytes/base64.ts";
import { verifyConsistency } from "./verify-consistency.ts";
import { verifyInclusion } from "./verify-inclusion.ts";

const VECTORS = join(import.meta.dirname, "../../testdata/merkle-vectors");

interface InclusionVector {
  readonly leafIdx: bigint;
  readonly treeSize: bigint;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface ConsistencyVector {
  readonly size1: bigint;
  readonly size2: bigint;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

/** Reads every JSON file below a folder; whole numbers become bigint, since some exceed 2^53. */
function readVectors<T>(folder: string): readonly (readonly [name: string, vector: T])[] {
  const directory = join(VECTORS, folder);
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => {
      const json = readFileSync(join(directory, name), "utf8").replace(/": (\d+)([,\n])/g, '": "bigint:$1"$2');
      const revive = (_: string, value: unknown): unknown =>
        typeof value === "string" && value.startsWith("bigint:") ? BigInt(value.slice(7)) : value;
      return [name, JSON.parse(json, revive) as T];
    });
}

describe("inclusion", () => {
  const vectors = readVectors<InclusionVector>("inclusion");
  test("all files are there", () => expect(vectors).toHaveLength(98));
  test("some indexes exceed 2^53", () => expect(vectors.some(([, { leafIdx }]) => leafIdx > 2n ** 53n)).toBe(true));
  test.each(vectors)("%s", (_, { leafIdx, treeSize, root, leafHash, proof, wantErr }) => {
    const hashes = (proof ?? []).map(base64Decode);
    const claim = { leafIndex: leafIdx, leafHash: base64Decode(leafHash), hashes };
    expect(verifyInclusion(claim, { size: treeSize, root: base64Decode(root) }).ok).toBe(!wantErr);
  });
});

describe("consistency", () => {
  const vectors = readVectors<ConsistencyVector>("consistency");
  test("all files are there", () => expect(vectors).toHaveLength(98));
  test.each(vectors)("%s", (_, { size1, size2, root1, root2, proof, wantErr }) => {
    const hashes = (proof ?? []).map(base64Decode);
    const old = { size: size1, root: base64Decode(root1) };
    expect(verifyConsistency(old, { size: size2, root: base64Decode(root2) }, hashes).ok).toBe(!wantErr);
  });
});
