import { bytesToHex, hexToBytes } from "@cairn/merkle";
import { expect, test } from "vitest";
import { createMemoryBlobs } from "../storage/memory-blobs.fixture.ts";
import { recentDigest } from "./identity-index.ts";
import { packPlace, write48 } from "./records.ts";
import { openRun, sortRecords, writeRun } from "./run.ts";

/** The run of docs/formats/dedupe.md. */
const STORED = `
  434149524e4944530000000100000003000000040000000000c0000000400000000100000200000000000040000000001002080000002000
  0000800000001080000000000020000000080000000000000123456789ab0040000111700123456789ac008000000000fedcba9876540040
  00000005
`.replace(/\s/g, "");

const IDENTITIES = [
  { fingerprint: 0xfedc_ba98_7654, ledger: 1, sequence: 5 },
  { fingerprint: 0x0123_4567_89ab, ledger: 1, sequence: 70_000 },
  { fingerprint: 0x0123_4567_89ac, ledger: 2, sequence: 0 },
];

function records(): Uint8Array {
  const bytes = new Uint8Array(IDENTITIES.length * 12);
  for (const [i, { fingerprint, ledger, sequence }] of IDENTITIES.entries()) {
    write48(bytes, i * 12, fingerprint);
    write48(bytes, i * 12 + 6, packPlace(ledger, sequence));
  }
  return bytes;
}

test("a run of identities is written as it was in format 1", () => {
  const blobs = createMemoryBlobs();
  writeRun(blobs, "identities/a.run", { count: 3, batches: [sortRecords(records())] });
  expect(bytesToHex(blobs.bytesOf("identities/a.run"))).toBe(STORED);
});

test("a run of format 1 is searched", () => {
  const blobs = createMemoryBlobs();
  blobs.put("identities/a.run", hexToBytes(STORED));
  const run = openRun(blobs, "identities/a.run");
  for (const { fingerprint, ledger, sequence } of IDENTITIES) {
    const found: number[] = [];
    run.find(fingerprint, found);
    expect(found).toEqual([packPlace(ledger, sequence)]);
  }
});

test("a run of a later format is refused", () => {
  const blobs = createMemoryBlobs();
  blobs.put("identities/a.run", hexToBytes(STORED).with(11, 2));
  expect(() => openRun(blobs, "identities/a.run")).toThrow(expect.objectContaining({ code: "format_newer" }));
});

test("a row of recent identities has the digest it had in format 1", () => {
  expect(bytesToHex(recentDigest(9, records()))).toBe(
    "3e3c45102affa280ebd732d131240f304cdd8bd97f01ee20365a1f48a6947235",
  );
});
