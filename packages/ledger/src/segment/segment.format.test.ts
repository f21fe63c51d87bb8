import type { CanonicalWriter } from "@cairn/event";
import { bytesToHex, createHashKernel, decodeEntry, eventRoot, hexToBytes } from "@cairn/merkle";
import { describe, expect, test } from "vitest";
import { commitmentsOf } from "../read/disclose.ts";
import type { MovingEvent } from "../read/read-journal.ts";
import type { BlobSource } from "../storage/blobs.ts";
import { createMemoryBlobs } from "../storage/memory-blobs.fixture.ts";
import { RecentBytes } from "../storage/recent-bytes.ts";
import type { SegmentContents } from "./format.ts";
import { openSegment } from "./read-segment.ts";
import { SparseReader } from "./sparse-reader.ts";
import { decodeSubjectBlock, encodeSubjectBlock, SubjectUnits } from "./subject-block.ts";
import { writeSegment } from "./write-segment.ts";

/** The file of docs/formats/segment.md: two events, 255 and 256, hence two chunks; the first speaks of two people. */
const STORED = `
  434149524e53454700000001002a01010000019cb73d3271b1aae356b3a47bd796b531902f1f1cf6ae7a1dff14d31924d12ee20db4093313
  002a01010000019cb73d3272fbfa161c76ccaca137dcbad30dbef9fb84fc6e34ad060ea6360505552aef5626081d36febf5a193d8666c9b6
  ec5079d00a7f11229455a52872a743e4fad64a5430e6fb5a8585a4f2390e6d5cb01bf47c015ccf152f0c8e02aacf2298278556a7fa007f5b
  e3e4c7beac9c61d5c5845252f154d8de63cc2f34fca0f0b87a53dd1d0bf84a981c95e366921a6e82bf006b7c7d0ec02aaa65b01ac6e2ca60
  b95be886b8ae59ee48708cc3c7ec8888fd751ad2d14fca9a9a9954bd01f902ec52a3cee67ac199f620ed7f97dda5e99e7513e44097382e57
  9235067c57708c1f8fa44387c245e7bf8a024fb9a259befd13c4e09fd83a05c408ded76f47cbe2483b37b7ab98a2f248bfa8d938e9673281
  977ca2389486df5ee037874dcf8b5da359be3dd79a462703de9994f8dec42093d67b923dcdbcdd20f05beb2341be3787b6d2b0f97e1a0a47
  134de7a358f0bf91f6401ffd33b7cbec1f44b4ae9ea1863868f4fd26fac955a792693f8de244268969b5cbacb43adde34c750c4fe4848ab7
  1fa022dcf5544e0f2d4fe7eab54f70396582137bc92b73b0d57f2723a179f390697e55172634e72955ef606e051a38362e08df9fa3056db0
  946a1453aefc217fd4a370e3a2ff69c52f2037c67d63e417df97de2fd003357fd12fd24ca7816e5c9236d69ebe43f9f0e6dfb56bb72e1960
  630a022087200731903301c862842672fd426a409e9a1141b592f362ea0930cd042d389cf79c37455a5520f00ed0808b915172fa5fb97a69
  0a882220c89050feeb5c425b7ddacb685a987359e52fcafef9923840045d51bf039ec4bb9828423c743bab86d762bf7ee7508bf6def76ca5
  71c9faae872a9f5c57000242427351f60af14d167351d5703cd154fe6371f44f5927f3c142860e2c8f30f68fa118e3e5dff615f6146b5005
  422156e5a168d59dbc111766df15e0c3014e8e5f0bfcf5f32a78f1ade8ab73621848e89d6673a6b386f003905430517eac78b0bc63ff87f3
  2712023c36700b6c97c9a828b52ffd601700e50500428c251e6047ac03d667760dbed5201ae0772b96419080b31644db429b4c310802bb07
  aded0be38616f771bced092ddccea9c08387e399ba5f556f7b6557169983dfd295128e848b1397a5b5f4bd4a88bde9f75aec5597b1e54920
  9f81e7db511e9740c4cb733ae5f9f2619eaf145a76661393061a10a8f84e20f20e176014054524b40ae05c4a08edaa126413ddf3b28c86d8
  30fe2e17d8200d20103226f10166c29f3d740842104e61b995ce7c1fd148c4b6d07e80cf4919cbec01000000000000031b000000c6
`.replace(/\s/g, "");
const NAME = "segments/7/e1/000000000255-a.seg";
const ORIGIN = "cairn-00112233aa/0123456789abcdef0123";
const KEYS: Readonly<Record<string, Uint8Array>> = {
  core: new Uint8Array(32).fill(0x33),
  sub_00000000000000aa: new Uint8Array(32).fill(0x44),
  sub_00000000000000bb: new Uint8Array(32).fill(0x45),
};

const SEED = new Uint8Array(32).fill(0x77);
const PARTS = [
  { refs: ["sub_00000000000000aa"], value: '{"fields":{"/actor/id":"u-1","/actor/name":"Jane"}}', salt: 0xb1 },
  { refs: ["sub_00000000000000bb"], value: '{"fields":{"/targets/0/id":"p-1"}}', salt: 0xb2 },
  { refs: ["sub_00000000000000aa", "sub_00000000000000bb"], value: '{"fields":{"/details/ssn":"1"}}', salt: 0xb3 },
];
const EVENTS = [
  { paths: ["/action", "/occurred_at"], values: ['"login"', '"2026-03-04T05:06:07.089Z"'], saltStart: 0, parts: PARTS },
  { paths: ["/action"], values: ['"build.started"'], saltStart: 3, parts: [] },
];

function storedBlobs(name: string, bytes: Uint8Array) {
  const blobs = createMemoryBlobs();
  blobs.put(name, bytes);
  return blobs;
}

function readerOf(blobs: BlobSource, keys: Readonly<Record<string, Uint8Array>> = KEYS): SparseReader {
  const parts = { subjectKey: (ref: string) => keys[ref], opened: new RecentBytes<never>(1_000) };
  return new SparseReader(openSegment(blobs, NAME), parts);
}

describe("a segment of format 1", () => {
  test("is read, and its entries commit to what is in it", () => {
    const segment = readerOf(storedBlobs(NAME, hexToBytes(STORED)));
    expect(segment.segment.contents).toMatchObject({
      v: 1,
      origin: ORIGIN,
      ledger: 1,
      first: 255,
      count: 2,
      class: "default",
    });
    const events = segment.events(0, 2);
    expect(events.map(({ sequence, paths, values, saltStart }) => ({ sequence, paths, values, saltStart }))).toEqual(
      EVENTS.map(({ paths, values, saltStart }, i) => ({ sequence: 255 + i, paths, values, saltStart })),
    );
    for (const [i, event] of events.entries()) {
      expect(event.parts.map(({ refs, value, salt }) => ({ refs, value, salt: salt?.[0] }))).toEqual(EVENTS[i]!.parts);
      expect(decodeEntry(event.entry)).toMatchObject({
        receivedAt: 1_772_600_767_089 + i,
        eventRoot: eventRoot(commitmentsOf(event, ORIGIN)),
      });
    }
  });

  test("keeps the commitments of a person whose key is gone", () => {
    const { sub_00000000000000aa: _gone, ...left } = KEYS;
    const segment = readerOf(storedBlobs(NAME, hexToBytes(STORED)), left);
    const [event] = segment.events(0, 1);
    expect(event!.parts.map(({ value }) => value)).toEqual([undefined, PARTS[1]!.value, undefined]);
    expect(decodeEntry(event!.entry)).toMatchObject({ eventRoot: eventRoot(commitmentsOf(event!, ORIGIN)) });
  });

  test("is written", () => {
    const stored = Buffer.from(hexToBytes(STORED));
    const blobs = createMemoryBlobs();
    const entries = Buffer.concat([14, 58].map((at) => stored.subarray(at, at + 42)));
    writeSegment(
      { name: NAME, origin: ORIGIN, ledger: 1, first: 255, class: "default" },
      { entries, rows: [EVENTS.map(movingEvent)] },
      { blobs, kernel: createHashKernel(), subjectKey: (ref) => KEYS[ref] },
    );
    // Seals hold random nonces; what stands outside of them is the same byte for byte.
    const clearBytes = (bytes: Buffer, { commitments: [at, count] }: SegmentContents) =>
      bytesToHex(Buffer.concat([bytes.subarray(0, 100), bytes.subarray(at, at + count * 32)]));
    const written = readerOf(blobs);
    const earlier = readerOf(storedBlobs(NAME, stored));
    expect(clearBytes(Buffer.from(blobs.bytesOf(NAME)), written.segment.contents)).toBe(
      clearBytes(stored, earlier.segment.contents),
    );
    expect(written.events(0, 2)).toEqual(earlier.events(0, 2));
  });

  test("is refused when it is of a later one", () => {
    const later = storedBlobs(NAME, hexToBytes(STORED).with(11, 2));
    expect(() => openSegment(later, NAME)).toThrow(expect.objectContaining({ code: "format_newer" }));
  });
});

describe("a subject block of format 1", () => {
  /** Before sealing; too short to be compressed. */
  const BLOCK = `
    000000002a5b332c375d0a7b226669656c6473223a7b7d7d0a7b226669656c6473223a7b222f61223a22c3a9227d7db4b4b4b4b4b4b4b4b4
    b4b4b4b4b4b4b4b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5
  `.replace(/\s/g, "");
  const UNITS = [
    { event: 3, value: '{"fields":{}}', salt: Buffer.alloc(16, 0xb4) },
    { event: 10, value: '{"fields":{"/a":"é"}}', salt: Buffer.alloc(16, 0xb5) },
  ];

  test("is written", () => {
    const units = new SubjectUnits();
    for (const { event, value, salt } of UNITS) units.add(event, Buffer.from(value), salt);
    expect(bytesToHex(encodeSubjectBlock(units))).toBe(BLOCK);
  });

  test("is read", () => {
    const read = decodeSubjectBlock(Buffer.from(hexToBytes(BLOCK)));
    expect(read.map(({ salt, ...rest }) => ({ ...rest, salt: Buffer.from(salt) }))).toEqual(UNITS);
  });
});

function movingEvent({ paths, values, saltStart, parts }: (typeof EVENTS)[number]): MovingEvent {
  return {
    source: { copyValue: (index: number, target: CanonicalWriter) => target.text(values[index] ?? "") },
    first: 0,
    stride: 1,
    paths,
    seed: SEED,
    saltStart,
    parts: parts.map(({ refs, value, salt }) => ({ refs, value: Buffer.from(value), salt: Buffer.alloc(16, salt) })),
  };
}
