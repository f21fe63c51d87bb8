import { CanonicalWriter } from "@cairn/event";
import { bytesToHex, decodeEntry, ENTRY_LENGTH, eventRoot, hexToBytes } from "@cairn/merkle";
import { expect, test } from "vitest";
import { commitmentsOf } from "../read/disclose.ts";
import { openJournalBatch } from "../read/read-journal.ts";
import { openSparseJournalRow } from "../read/sparse-journal-row.ts";
import { BlockBuilder } from "./block.ts";
import { writeJournalBody } from "./journal-body.ts";

/** The row of docs/formats/journal.md: a batch of two events, the first of which was a duplicate and is skipped. */
const BODY = `
  000000947b2276223a312c22736861706573223a5b5b222f616374696f6e225d5d2c2273686170654f66223a5b302c325d2c22736565644f
  66223a5b302c325d2c22737461727473223a5b5d2c227365656473223a5b2264336433643364336433643364336433643364336433643364
  3364336433643364336433643364336433633d225d7d0a226c6f67696e220a226c6f676f7574220a000000ad31207375625f303030303030
  30303030303030306161207b226669656c6473223a7b222f6163746f722f6964223a22752d31222c222f6163746f722f6e616d65223a224a
  616e65227d7d0a31207375625f30303030303030303030303030306262207b226669656c6473223a7b222f746172676574732f302f696422
  3a22702d31227d7d0a31206a6f696e74207b226669656c6473223a7b222f64657461696c732f73736e223a2231227d7d0ab1b1b1b1b1b1b1
  b1b1b1b1b1b1b1b1b1b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3
`.replace(/\s/g, "");
const ORIGIN = "cairn-00112233aa/0123456789abcdef0123";
const KEY = new Uint8Array(32).fill(0x55);
const ROW = {
  tenant_no: 7,
  ledger: 1,
  first: 40,
  count: 1,
  key_no: 3,
  skipped: Uint8Array.of(0b01),
  entries: hexToBytes("01010000019cb73d32713bff5083943c4a9dc1c9a7f5499c2b3b6e389ea60201589bfd372edec4714152"),
  /** The body, compressed (zstd) and sealed. */
  body: hexToBytes(
    `
    a4a4a4a4a4a4a4a4a4a4a4a4c84c952c660df648574feca4a100952cbc3ac5347af7c5f88e5046cee0bd03d7563eb14dad8ef5f732450d16
    4b5942e4b26ee746c8f4834d6e041cdf6f7a413cf154d1c92c0c5dcef67945ef0ef39294abc8013564e21e6627765bf44770ed645d0c1f2f
    52ba7367901f8ec55017b716ce29e3b7889b8675766d1dadeba3fbf774601c473b3e0d439983272b88c77d2110cac4d8dfd84298a2a56488
    6cf1fc29c09019880817cfc5ec5ae91c67ba32d4975f4f2e5eae6b64b2eabff0b6a851283dcf0730cf7ce8e4483f44f2e414b40f4e3ab08f
    71a3067b
`.replace(/\s/g, ""),
  ),
};

const VALUES = [
  '"login"',
  '"logout"',
  '{"fields":{"/actor/id":"u-1","/actor/name":"Jane"}}',
  '{"fields":{"/targets/0/id":"p-1"}}',
  '{"fields":{"/details/ssn":"1"}}',
];
const SALTS = [0xb1, 0xb2, 0xb3].map((byte) => Buffer.alloc(16, byte));

test("a journal body is written as it was in format 1", () => {
  const refs = ["sub_00000000000000aa", "sub_00000000000000bb", "joint"];
  const source = {
    copyValue: (index: number, target: CanonicalWriter) => target.text(VALUES[index] ?? ""),
    copyName: (index: number, target: CanonicalWriter) => target.text(refs[index - 2] ?? ""),
  };
  const block = new BlockBuilder();
  const seed = block.addSeed(new Uint8Array(32).fill(0x77));
  block.add(["/action"], { source, first: 0, stride: 1 }, { seed, start: 0 });
  block.add(["/action"], { source, first: 1, stride: 1 }, { seed, start: 2 });
  const parts = refs.map((_, i) => ({ event: 1, unit: i + 2 }));
  const target = new CanonicalWriter(16);
  writeJournalBody({ block, parts, source, partSalts: Buffer.concat(SALTS) }, target);
  expect(bytesToHex(target.bytes.subarray(0, target.length))).toBe(BODY);
});

test("a journal row of format 1 is opened, and its entry commits to what is in it", () => {
  const row = openSparseJournalRow(ROW, { origin: ORIGIN, key: KEY });
  expect(row.count).toBe(1);
  const event = row.event(0);
  expect(openJournalBatch(ROW, { origin: ORIGIN, key: KEY })).toEqual({ events: [event], batchCount: 2 });
  expect(event).toMatchObject({ ledger: 1, sequence: 40, paths: ["/action"], values: ['"logout"'], saltStart: 2 });
  expect(event.parts.map(({ refs, value, salt }) => ({ refs, value, salt: Buffer.from(salt!) }))).toEqual([
    { refs: ["sub_00000000000000aa"], value: VALUES[2], salt: SALTS[0] },
    { refs: ["sub_00000000000000bb"], value: VALUES[3], salt: SALTS[1] },
    { refs: ["sub_00000000000000aa", "sub_00000000000000bb"], value: VALUES[4], salt: SALTS[2] },
  ]);
  expect(event.entry).toHaveLength(ENTRY_LENGTH);
  expect(decodeEntry(event.entry)).toMatchObject({ eventRoot: eventRoot(commitmentsOf(event!, ORIGIN)) });
});

test("a journal row opens in its own place only", () => {
  for (const moved of [{ ledger: 2 }, { first: 41 }, { count: 2 }])
    expect(() => openSparseJournalRow({ ...ROW, ...moved }, { origin: ORIGIN, key: KEY })).toThrow(/do not open/);
});
