import { parseVkey } from "@cairn/merkle";
import { describe, expect, test } from "vitest";
import {
  type BundlePlan,
  buildBundle,
  commitAct,
  lines,
  ORIGIN,
  proofFile,
  type TestBundle,
  writeManifest,
} from "../testing/build-bundle.ts";
import { buildLog, type Files } from "../testing/build-log.ts";
import { memoryFiles } from "../testing/memory-files.ts";
import type { Pins } from "./pins.ts";
import { verifyBundle } from "./verify-bundle.ts";

const SIZE = 300;
const CHOSEN = [0, 7, 255, 256, 299];
const ACTS = [
  { type: "retention.policy", eventLogSize: 10, terms: { days: 30 } },
  { type: "retention.deleted", eventLogSize: 300, terms: { ranges: [[7, 9]] } },
];
const PLANS = {
  full: { kind: "full", size: SIZE, chosen: CHOSEN, deleted: [7], oldSizes: [1, 256], acts: ACTS },
  compact: { kind: "compact", size: SIZE, chosen: CHOSEN, deleted: [7], oldSizes: [1, 256], acts: ACTS },
} as const satisfies Record<string, BundlePlan>;

const bundles = { full: buildBundle(PLANS.full), compact: buildBundle(PLANS.compact) };

function pinsOf(bundle: TestBundle): Pins {
  return { vkeys: [bundle.eventLog.vkey, bundle.controlLog.vkey].map(parseVkey), policies: [], known: [] };
}

/** Verifies files that somebody has changed, with the keys of the honest bundle. */
async function codesOf(kind: "full" | "compact", files: Files): Promise<readonly string[]> {
  const report = await verifyBundle(memoryFiles(files), pinsOf(bundles[kind]));
  expect(report.result).toBe(report.findings.length === 0 ? "verified" : "wrong");
  return report.findings.map(({ code }) => code);
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

/** Bits spread over a file, among them the first and the last; which ones is the same in every run. */
function bitsOf(bytes: Uint8Array, count: number): readonly number[] {
  const total = bytes.length * 8;
  const spread = Array.from({ length: count }, (_, i) => (i * 2_654_435_761 + 12_345) % total);
  return [...new Set([0, total - 1, ...spread])];
}

/** Changes a bundle and, as an attacker would, writes its manifest anew. */
function tamper(kind: "full" | "compact", change: (files: Files, bundle: TestBundle) => void): Files {
  const files: Files = new Map(bundles[kind].files);
  change(files, bundles[kind]);
  const events =
    Buffer.from(files.get("events.ndjson") ?? "")
      .toString()
      .split("\n").length - 1;
  writeManifest(files, { kind, size: SIZE, events });
  return files;
}

describe.each(["full", "compact"] as const)("a %s bundle with one flipped bit", (kind) => {
  const { files } = bundles[kind];

  test.each([...files.keys()])("in %s is found", async (path) => {
    const bytes = files.get(path) ?? new Uint8Array(0);
    for (const bit of bitsOf(bytes, path === "manifest.json" ? 200 : 6)) {
      const codes = await codesOf(kind, new Map(files).set(path, flip(bytes, bit)));
      expect(codes, `bit ${bit}`).not.toEqual([]);
    }
  });

  test.each([...files.keys()].filter((path) => path !== "manifest.json"))(
    "in %s is found, even when the manifest is written anew",
    async (path) => {
      const bytes = files.get(path) ?? new Uint8Array(0);
      for (const bit of bitsOf(bytes, 24)) {
        const codes = await codesOf(
          kind,
          tamper(kind, (changed) => changed.set(path, flip(bytes, bit))),
        );
        expect(codes, `bit ${bit}`).not.toEqual([]);
      }
    },
  );
});

describe.each(["full", "compact"] as const)("a %s bundle", (kind) => {
  const { files } = bundles[kind];
  /** Without these the bundle proves less, but nothing wrong. */
  const isOptional = (path: string) => path.includes("old/checkpoint.");

  test("that lacks any file is found", async () => {
    for (const path of files.keys()) {
      const fewer: Files = new Map(files);
      fewer.delete(path);
      expect(await codesOf(kind, fewer), path).not.toEqual([]);
      if (path === "manifest.json" || isOptional(path)) continue;
      expect(
        await codesOf(
          kind,
          tamper(kind, (changed) => changed.delete(path)),
        ),
        path,
      ).not.toEqual([]);
    }
  });

  test.each([
    "extra.txt",
    "tile/0/001",
    "tile/0/002.p/1",
    "tile/entries/000.p/7",
    "proofs/1.tlog-proof",
    "proofs/01.tlog-proof",
    "old/checkpoint.x",
    "old/77.consistency",
    "control/proofs/0.tlog-proof",
    "control/tile/9/000",
    "CHECKPOINT",
  ])("with %s beside is found, listed or not", async (path) => {
    const bytes = Buffer.from("something");
    expect(await codesOf(kind, new Map(files).set(path, bytes))).toContain("file_unlisted");
    expect(
      await codesOf(
        kind,
        tamper(kind, (changed) => changed.set(path, bytes)),
      ),
    ).toContain("file_unexpected");
  });

  test("with two events swapped under each other's sequence is found", async () => {
    const changed = tamper(kind, (edited, { events }) => {
      const swapped = [
        { ledger: 1, sequence: 0, disclosure: events[255]?.disclose() },
        { ledger: 1, sequence: 255, disclosure: events[0]?.disclose() },
      ];
      edited.set("events.ndjson", lines(swapped));
    });
    expect((await codesOf(kind, changed)).filter((code) => code === "root_mismatch").length).toBe(2);
  });

  test("with an event twice, or one more than stated, is found", async () => {
    const line =
      Buffer.from(files.get("events.ndjson") ?? "")
        .toString()
        .split("\n")[0] ?? "";
    const twice = Buffer.concat([files.get("events.ndjson") ?? Buffer.alloc(0), Buffer.from(`${line}\n`)]);
    expect(
      await codesOf(
        kind,
        tamper(kind, (changed) => changed.set("events.ndjson", twice)),
      ),
    ).toContain("event_twice");
    expect(await codesOf(kind, new Map(files).set("events.ndjson", twice))).toContain("event_count");
  });

  test("with a key said twice in one line is found", async () => {
    const text = Buffer.from(files.get("events.ndjson") ?? "")
      .toString()
      .replace('"ledger":1', '"ledger":2,"ledger":1');
    const changed = tamper(kind, (edited) => edited.set("events.ndjson", Buffer.from(text)));
    expect(await codesOf(kind, changed)).toContain("malformed_line");
  });

  test("with a unit left out, or moved to another event, is found", async () => {
    for (const edit of [
      (units: unknown[]) => units.slice(1),
      (units: unknown[]) => [...units, units[0]],
      (units: unknown[]) => [...units, ["AAAAAAAAAAAAAAAAAAAAAA==", "AAIvYTE="]],
    ]) {
      const changed = tamper(kind, (edited, { events }) => {
        const disclosure = events[0]?.disclose();
        const units = edit([...(disclosure?.units ?? [])]);
        edited.set("events.ndjson", lines([{ ledger: 1, sequence: 0, disclosure: { ...disclosure, units } }]));
      });
      expect(await codesOf(kind, changed)).not.toEqual([]);
    }
  });

  test("that hides which log an event belongs to is found", async () => {
    const changed = tamper(kind, (edited, { events }) => {
      const disclosure = events[0]?.disclose((path) => path !== "/log");
      edited.set("events.ndjson", lines([{ ledger: 1, sequence: 0, disclosure }]));
    });
    expect(await codesOf(kind, changed)).toContain("log_mismatch");
  });

  test("with a deletion that nothing announces is found", async () => {
    const changed = tamper(kind, (edited) =>
      edited.set("events.ndjson", lines([{ ledger: 1, sequence: 256, deleted: true }])),
    );
    expect(await codesOf(kind, changed)).toContain("deletion_unannounced");
  });

  test("of another ledger, or beyond the log, is found", async () => {
    for (const line of [
      { ledger: 2, sequence: 7, deleted: true },
      { ledger: 1, sequence: SIZE, deleted: true },
      { ledger: 1, sequence: -1, deleted: true },
      { ledger: 1, sequence: 7, deleted: true, note: "x" },
    ]) {
      const changed = tamper(kind, (edited) => edited.set("events.ndjson", lines([line])));
      expect(await codesOf(kind, changed)).toContain("malformed_line");
    }
  });

  test("with a query that was not announced is found", async () => {
    const manifest = Buffer.from(files.get("manifest.json") ?? "").toString();
    const changed = new Map(files).set("manifest.json", Buffer.from(manifest.replace('"action:doc', '"action:dog')));
    expect(await codesOf(kind, changed)).toEqual(["query_unannounced"]);
  });

  test("signed by other keys under the same names is found", async () => {
    const { events, acts } = bundles[kind];
    const changed = tamper(kind, (edited) => {
      const eventLog = buildLog(
        ORIGIN,
        events.map(({ entry }) => entry),
        2,
      );
      const controlLog = buildLog(
        `${ORIGIN}/control`,
        acts.map(({ entry }) => entry),
        2,
      );
      edited.set("checkpoint", eventLog.checkpoint(SIZE));
      edited.set("control/checkpoint", controlLog.checkpoint(acts.length));
      for (const size of [1, 256]) edited.set(`old/checkpoint.${size}`, eventLog.checkpoint(size));
      edited.set("control/old/checkpoint.1", controlLog.checkpoint(1));
      edited.set("policy.txt", Buffer.from(`log ${eventLog.vkey}\nlog ${controlLog.vkey}\nquorum none\n`));
      if (kind === "compact") for (const sequence of CHOSEN) edited.set(...proofFile(sequence, eventLog));
    });
    const codes = await codesOf(kind, changed);
    expect(codes.filter((code) => code === "not_signed_by_pin").length).toBe(2);
    expect(codes).toContain("key_unannounced");
  });

  test("with an older checkpoint of a forked log is found", async () => {
    const changed = tamper(kind, (edited, { eventLog }) => {
      edited.set("old/checkpoint.256", eventLog.sign({ size: 256n, root: new Uint8Array(32) }));
    });
    expect(await codesOf(kind, changed)).toEqual(["inconsistent_checkpoint"]);
  });

  test("with older checkpoints under wrong names is found", async () => {
    const changed = tamper(kind, (edited, { eventLog }) => edited.set("old/checkpoint.2", eventLog.checkpoint(1)));
    expect(await codesOf(kind, changed)).toContain("name_mismatch");
  });
});

describe("a control log", () => {
  const { files, acts, controlLog } = bundles.full;
  const controlLines = acts.map((act, sequence) => ({ sequence, disclosure: act.disclose() }));
  const withLines = (values: readonly unknown[]) =>
    codesOf(
      "full",
      tamper("full", (edited) => edited.set("control/control.ndjson", lines(values))),
    );

  test("out of order is found", async () => {
    const [genesis, first, second, last] = controlLines;
    expect(await withLines([genesis, second, first, last])).toContain("control_out_of_order");
  });

  test("renumbered to hide an entry is found", async () => {
    const [genesis, , second, last] = controlLines;
    expect(await withLines([genesis, { ...second, sequence: 1 }, { ...last, sequence: 2 }])).toEqual(
      expect.arrayContaining(["root_mismatch", "control_undisclosed"]),
    );
  });

  test("with an entry undisclosed at its end is found", async () => {
    expect(await withLines(controlLines.slice(0, -1))).toContain("control_undisclosed");
  });

  test("without one of its entries altogether does not have the signed root", async () => {
    const shorter = buildLog(controlLog.origin, [...controlLog.entries.slice(0, 1), ...controlLog.entries.slice(2)]);
    const changed = tamper("full", (edited) => {
      for (const path of [...edited.keys()]) if (path.startsWith("control/tile/")) edited.delete(path);
      for (const [path, bytes] of shorter.files()) if (path !== "checkpoint") edited.set(`control/${path}`, bytes);
    });
    expect(await codesOf("full", changed)).toEqual(expect.arrayContaining(["bundle_missing", "file_unexpected"]));
  });

  test("rolled back behind an announcement is found by whoever kept a checkpoint", async () => {
    const changed = tamper("full", (edited) => {
      for (const path of [...edited.keys()]) if (path.startsWith("control/")) edited.delete(path);
      const shorter = buildLog(controlLog.origin, controlLog.entries.slice(0, 2));
      for (const [path, bytes] of shorter.files()) edited.set(`control/${path}`, bytes);
      edited.set("control/control.ndjson", lines(controlLines.slice(0, 2)));
    });
    const note = controlLog.checkpoint(controlLog.entries.length);
    const known = [
      { file: "mine", note, checkpoint: { origin: controlLog.origin, size: 4n, root: controlLog.root(4) } },
    ];
    const report = await verifyBundle(memoryFiles(changed), { ...pinsOf(bundles.full), known });
    expect(report.findings.map(({ code }) => code)).toContain("consistency_unproven");
    expect(report.findings.map(({ code }) => code)).toContain("deletion_unannounced");
  });

  test.each(["/log", "/type", "/time", "/event_log", "/terms"])("that hides %s is found", async (hidden) => {
    const [, ...rest] = controlLines;
    const disclosure = acts[0]?.disclose((path) => path !== hidden);
    expect(await withLines([{ sequence: 0, disclosure }, ...rest])).toContain("control_undisclosed");
  });

  test("that hides what was deleted is found", async () => {
    const disclosure = acts[2]?.disclose((path) => path !== "/terms");
    const [genesis, first, , last] = controlLines;
    expect(await withLines([genesis, first, { sequence: 2, disclosure }, last])).toContain("control_undisclosed");
  });

  test("may keep to itself what is sealed", async () => {
    const [genesis, first, second] = controlLines;
    const disclosure = acts[3]?.disclose((path) => path !== "/sealed/recipient");
    expect(await withLines([genesis, first, second, { sequence: 3, disclosure }])).toEqual([]);
  });

  test("that does not show the query of this bundle is found", async () => {
    const [genesis, first, second] = controlLines;
    const disclosure = acts[3]?.disclose((path) => path !== "/sealed/query");
    expect(await withLines([genesis, first, second, { sequence: 3, disclosure }])).toEqual(["query_unannounced"]);
  });

  test("that speaks of another event log is found", async () => {
    const lying = commitAct(
      { type: "hold.set", eventLogSize: 100 },
      { sequence: 1, eventLog: { root: () => new Uint8Array(32) } },
    );
    const [genesis, , second, last] = acts;
    const all = [genesis, lying, second, last].filter((act) => act !== undefined);
    const log = buildLog(
      controlLog.origin,
      all.map(({ entry }) => entry),
    );
    const changed = tamper("full", (edited) => {
      for (const [path, bytes] of log.files()) edited.set(`control/${path}`, bytes);
      edited.set(
        "control/control.ndjson",
        lines(all.map((act, sequence) => ({ sequence, disclosure: act.disclose() }))),
      );
    });
    expect(await codesOf("full", changed)).toEqual(["control_state"]);
  });

  test("is in the bundle that is honest", () => {
    expect([...files.keys()]).toContain("control/tile/entries/000.p/4");
  });
});

describe("entries", () => {
  test("two of them swapped in the log are named, each", async () => {
    const changed = tamper("full", (edited) => {
      const bytes = Buffer.from(edited.get("tile/entries/000") ?? "");
      const width = 2 + 42;
      const [a, b] = [Buffer.from(bytes.subarray(width, 2 * width)), Buffer.from(bytes.subarray(5 * width, 6 * width))];
      b.copy(bytes, width);
      a.copy(bytes, 5 * width);
      edited.set("tile/entries/000", bytes);
    });
    const report = await verifyBundle(memoryFiles(changed), pinsOf(bundles.full));
    const altered = report.findings.filter(({ code }) => code === "entry_altered");
    expect(altered.map(({ index }) => index)).toEqual([1, 5]);
    expect(report.findings[0]?.code).toBe("root_mismatch");
  });

  test("whose times decrease are found although the log commits to them", async () => {
    const entries = bundles.full.eventLog.entries.map((entry) => Buffer.from(entry));
    entries[100]?.writeUInt8(0, 9);
    const log = buildLog(ORIGIN, entries);
    const changed = tamper("full", (edited) => {
      for (const [path, bytes] of log.files()) edited.set(path, bytes);
      for (const size of [1, 256]) edited.set(`old/checkpoint.${size}`, log.checkpoint(size));
    });
    expect(await codesOf("full", changed)).toContain("time_decreased");
  });

  test("of the kind of the other log are found", async () => {
    const entries = bundles.full.eventLog.entries.map((entry) => Buffer.from(entry));
    entries[100]?.writeUInt8(2, 1);
    const log = buildLog(ORIGIN, entries);
    const changed = tamper("full", (edited) => {
      for (const [path, bytes] of log.files()) edited.set(path, bytes);
      for (const size of [1, 256]) edited.set(`old/checkpoint.${size}`, log.checkpoint(size));
    });
    expect(await codesOf("full", changed)).toContain("entry_kind");
  });
});
