import { createHashKernel } from "@cairn/merkle";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildBundle, ORIGIN } from "../testing/build-bundle.ts";
import { memoryFiles } from "../testing/memory-files.ts";
import { checkEvents, MAX_LINE_BYTES } from "./disclosed-events.ts";
import { createDisclosureReader } from "./disclosure-reader.ts";
import { createFindings } from "./finding.ts";
import { type LineInput, openLines } from "./lines/line-source.ts";
import { parseManifest } from "./manifest.ts";

const SIZE = 700;
const bundle = buildBundle({
  kind: "full",
  size: SIZE,
  chosen: Array.from({ length: SIZE - 60 }, (_, i) => (i * 37) % SIZE),
  deleted: [3, 4, 500],
  show: (sequence, path) => sequence % 5 !== 0 || path !== "/id",
});
const manifest = parseManifest(bundle.files.get("manifest.json") ?? new Uint8Array(0));
if (typeof manifest === "string") throw new Error(manifest);
const about = manifest;
const LINES = Buffer.from(bundle.files.get("events.ndjson") ?? "")
  .toString()
  .trimEnd()
  .split("\n");
const read = createDisclosureReader(createHashKernel());
const ENTRIES = bundle.eventLog.entries;

interface Damaged {
  readonly bytes: Uint8Array;
  readonly entries: readonly (Uint8Array | undefined)[];
}

/** Checks a file of events, and tells everything that is found, in its order. */
async function check({ bytes, entries }: Damaged, how: Pick<LineInput, "log" | "threads">) {
  const findings = createFindings();
  const file = memoryFiles(new Map([["events.ndjson", bytes]]));
  const source = openLines({
    ...how,
    chunks: file.stream("events.ndjson"),
    fileBytes: bytes.length,
    maxLineBytes: MAX_LINE_BYTES,
  });
  try {
    const { sequences, ...counts } = await checkEvents(
      {
        manifest: about,
        lines: source.parts,
        compareFile: () => findings.add({ code: "compared", file: "events.ndjson", message: "here" }),
        // As the entries of a log come: some at once, some later.
        entryOf: ({ sequence }) => (sequence % 3 === 0 ? Promise.resolve(entries[sequence]) : entries[sequence]),
        read,
        deletions: [{ ranges: [[3, 3]], receivedBeforeMs: undefined, logSize: SIZE }],
      },
      findings,
    );
    return { findings: findings.list, isTruncated: findings.isTruncated, counts, size: sequences.size };
  } finally {
    await source.close();
  }
}

const LOG = { ledger: 1, size: SIZE, origin: ORIGIN };
const slowly = (file: Damaged) => check(file, { log: undefined });
const scanned = (file: Damaged) => check(file, { log: LOG, threads: 0 });
const inThreads = (file: Damaged) => check(file, { log: LOG, threads: 2 });

type Edit = (lines: readonly Buffer[], at: number, other: number) => readonly Buffer[];
const change =
  (edit: (line: Buffer, other: number) => Buffer): Edit =>
  (lines, at, other) =>
    lines.map((line, i) => (i === at ? edit(line, other) : line));
const flip = change((line, other) => {
  const flipped = Buffer.from(line);
  flipped[other % line.length]! ^= 1 << (other % 8);
  return flipped;
});
const text = (from: string, to: string) => change((line) => Buffer.from(line.toString().replace(from, to)));
const EDITS: readonly Edit[] = [
  flip,
  flip,
  flip,
  (lines, at) => lines.filter((_, i) => i !== at),
  (lines, at, other) => lines.toSpliced(other % lines.length, 0, lines[at]!),
  (lines, at, other) => lines.with(at, lines[other % lines.length]!).with(other % lines.length, lines[at]!),
  (lines, at) => lines.toSpliced(at, 0, Buffer.alloc(0)),
  (lines, at) => lines.with(at, Buffer.alloc(MAX_LINE_BYTES + 1, "x")),
  text('"ledger":1', '"ledger": 1'),
  text('"ledger":1', '"ledger":2,"ledger":1'),
  text('"ledger":1', '"ledger":2'),
  text('"sequence":', '"sequence":1'),
  text('"redacted":[', '"redacted":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="'),
  text('"units":[', '"units":[["AAAAAAAAAAAAAAAAAAAAAA==","AAIvYTE="],'),
  text('==","', '\\u003d=","'),
  text("/", "\\/"),
];

const edits = fc.array(fc.tuple(fc.constantFrom(...EDITS), fc.nat(), fc.nat()), { maxLength: 8 });
const entryEdits = fc.array(fc.tuple(fc.nat(SIZE - 1), fc.constantFrom("missing", "short", "kind", "other")), {
  maxLength: 4,
});
const damaged = fc.tuple(edits, entryEdits, fc.boolean()).map(([changes, entryChanges, isEnded]): Damaged => {
  let lines: readonly Buffer[] = LINES.map((line) => Buffer.from(line));
  for (const [edit, at, other] of changes) lines = edit(lines, at % lines.length, other);
  const entries: (Uint8Array | undefined)[] = [...ENTRIES];
  for (const [index, kind] of entryChanges) {
    const entry = Uint8Array.from(ENTRIES[index] ?? []);
    if (kind === "kind") entry[1] = 9;
    if (kind === "other") entry[41] = entry[41]! ^ 1;
    entries[index] = kind === "missing" ? undefined : kind === "short" ? entry.subarray(1) : entry;
  }
  const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
  return { bytes: bytes.subarray(0, isEnded ? undefined : -1), entries };
});

describe("events that are scanned", () => {
  test("are judged as those that are read one by one, in the same words and order", async () => {
    const property = fc.asyncProperty(damaged, async (file) => {
      expect(await scanned(file)).toEqual(await slowly(file));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("in threads as well", async () => {
    const property = fc.asyncProperty(damaged, async (file) => {
      expect(await inThreads(file)).toEqual(await slowly(file));
    });
    await fc.assert(property, { numRuns: 5 });
  });

  test("in threads, of a file of many blocks", async () => {
    const part = LINES.map((line) => `${line}\n`).join("");
    const bytes = Buffer.from(part.repeat(12));
    const file = { bytes, entries: ENTRIES };
    const report = await inThreads(file);
    expect(report).toEqual(await slowly(file));
    expect(report.size).toBe(LINES.length);
    expect(report.isTruncated).toBe(true);
  });

  test("are counted when nothing is wrong", async () => {
    const bytes = Buffer.from(bundle.files.get("events.ndjson") ?? "");
    const report = await scanned({ bytes, entries: ENTRIES });
    expect(report.findings.map(({ code }) => code)).toEqual([
      "deletion_unannounced",
      "deletion_unannounced",
      "compared",
    ]);
    expect(report.counts.deleted).toBe(1);
    expect(report.counts.shown + report.counts.redacted).toBe(LINES.length - 3);
    expect(report.counts.redacted).toBeGreaterThan(100);
  });
});
