import { readdir, readFile } from "node:fs/promises";
import { parsePolicy, parseVkey } from "@cairn/merkle";
import { describe, expect, test } from "vitest";
import { type BundlePlan, buildBundle, type TestBundle, writeManifest } from "../testing/build-bundle.ts";
import { buildLog } from "../testing/build-log.ts";
import { memoryFiles } from "../testing/memory-files.ts";
import { type Pins, parseKnownCheckpoint } from "./pins.ts";
import { verifyBundle } from "./verify-bundle.ts";

const FULL: BundlePlan = {
  kind: "full",
  size: 700,
  chosen: [3, 0, 256, 255, 699, 512],
  oldSizes: [1, 256, 300, 699],
};
const COMPACT: BundlePlan = { ...FULL, kind: "compact" };
const NOTHING: Pins = { vkeys: [], policies: [], known: [] };

function keysOf(bundle: TestBundle): Pins {
  return { ...NOTHING, vkeys: [bundle.eventLog.vkey, bundle.controlLog.vkey].map(parseVkey) };
}

async function verify(bundle: TestBundle, pins: Pins = keysOf(bundle)) {
  return verifyBundle(memoryFiles(bundle.files), pins);
}

describe.each([
  ["full", FULL],
  ["compact", COMPACT],
] as const)("an honest %s bundle", (kind, plan) => {
  test("verifies by keys, by policy, by known checkpoints", async () => {
    const bundle = buildBundle(plan);
    const policy = parsePolicy(bundle.files.get("policy.txt") ?? "");
    const known = [
      parseKnownCheckpoint("mine", bundle.eventLog.checkpoint(300)),
      parseKnownCheckpoint("mine/control", bundle.controlLog.checkpoint(1)),
    ];
    for (const pins of [keysOf(bundle), { ...NOTHING, policies: [policy] }, { ...NOTHING, known }]) {
      expect(await verify(bundle, pins)).toMatchObject({
        result: "verified",
        kind,
        findings: [],
        size: 700,
        events: { shown: 6, redacted: 0, deleted: 0 },
        controlEntries: 2,
      });
    }
  });

  test("without anything to compare with is self-consistent, and says by which keys", async () => {
    const bundle = buildBundle(plan);
    const report = await verify(bundle, NOTHING);
    expect(report.result).toBe("unpinned");
    expect(report.signers).toEqual([
      { log: "event", vkey: bundle.eventLog.vkey, isPinned: false },
      { log: "control", vkey: bundle.controlLog.vkey, isPinned: false },
    ]);
  });

  test("with the event log's key alone leaves the control log's signer open, and says so", async () => {
    const bundle = buildBundle(plan);
    const report = await verify(bundle, { ...NOTHING, vkeys: [parseVkey(bundle.eventLog.vkey)] });
    expect(report).toMatchObject({ result: "unpinned", findings: [] });
    expect(report.notes).toEqual([expect.stringContaining("control log")]);
  });

  test("with the control log's key alone leaves the event log's signer open; with another log's key is wrong", async () => {
    const bundle = buildBundle(plan);
    const control = { ...NOTHING, vkeys: [parseVkey(bundle.controlLog.vkey)] };
    expect(await verify(bundle, control)).toMatchObject({ result: "unpinned", findings: [] });
    const other = { ...NOTHING, vkeys: [parseVkey(buildLog("other/log", []).vkey)] };
    expect(await verify(bundle, other)).toMatchObject({ result: "wrong", findings: [{ code: "pin_other_log" }] });
  });

  test("with the event log's key alone verifies when that key has signed the control log's checkpoint, too", async () => {
    const bundle = buildBundle(plan);
    const { files, eventLog } = bundle;
    files.set("control/checkpoint", eventLog.countersign(files.get("control/checkpoint") ?? new Uint8Array(0)));
    writeManifest(files, { kind, size: plan.size, events: plan.chosen.length });
    const event = { ...NOTHING, vkeys: [parseVkey(eventLog.vkey)] };
    expect(await verify(bundle, event)).toMatchObject({ result: "verified" });
    const known = [parseKnownCheckpoint("mine", eventLog.checkpoint(300))];
    expect(await verify(bundle, { ...NOTHING, known })).toMatchObject({ result: "verified" });
  });

  test("redacted, erased and deleted events verify", async () => {
    const bundle = buildBundle({
      ...plan,
      show: (sequence, path) => sequence !== 3 || !path.startsWith("/details"),
      deleted: [255, 256],
      acts: [{ type: "retention.deleted", eventLogSize: 600, terms: { ranges: [[200, 300]] } }],
    });
    expect(await verify(bundle)).toMatchObject({
      result: "verified",
      events: { shown: 3, redacted: 1, deleted: 2 },
      controlEntries: 3,
    });
  });

  test("compares every older checkpoint and those brought along", async () => {
    const bundle = buildBundle(plan);
    const known = [parseKnownCheckpoint("mine", bundle.eventLog.checkpoint(256))];
    expect((await verify(bundle, { ...keysOf(bundle), known })).olderCheckpoints).toBe(6);
  });

  test("in a directory of its own inside the archive", async () => {
    const bundle = buildBundle(plan);
    const files = new Map([...bundle.files].map(([path, bytes]) => [`evidence-7/${path}`, bytes]));
    expect(await verify({ ...bundle, files })).toMatchObject({ result: "verified" });
  });

  test("of an empty log", async () => {
    const bundle = buildBundle({ kind, size: 0, chosen: [] });
    expect(await verify(bundle)).toMatchObject({ result: "verified", size: 0 });
  });
});

describe("sizes around tile boundaries", () => {
  test.each([1, 2, 255, 256, 257, 511, 512, 513])("%i entries", async (size) => {
    const chosen = [...new Set([0, size >> 1, size - 1])];
    for (const kind of ["full", "compact"] as const) {
      const bundle = buildBundle({ kind, size, chosen, oldSizes: [...new Set([1, size])] });
      expect(await verify(bundle)).toMatchObject({ result: "verified" });
    }
  });
});

describe("finding codes", () => {
  test("all stand in the README", async () => {
    const folder = new URL("./", import.meta.url);
    const readme = await readFile(new URL("../../README.md", folder), "utf8");
    const sources = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
    const texts = await Promise.all(sources.map((name) => readFile(new URL(name, folder), "utf8")));
    const codes = texts.flatMap((text) =>
      [...text.matchAll(/(?:code: |report\()"([a-z_]+)"/g)].map(([, code]) => code),
    );
    expect(codes.length).toBeGreaterThan(30);
    expect([...new Set(codes)].filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
  });
});
