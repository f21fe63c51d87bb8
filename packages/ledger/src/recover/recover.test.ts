import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHashKernel } from "@cairn/merkle";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFilledInstance, type FilledInstance, makeEvent } from "../fsck/filled-instance.fixture.ts";
import {
  checkGuard,
  commitHeads,
  EVENT_LOG,
  EventReader,
  eventOf,
  type Finding,
  fsck,
  initialiseInstance,
  openGuard,
  openWriterSide,
  type Paths,
  recoverNewEpoch,
  Sealer,
  systemClock,
  type WriterSide,
} from "../index.ts";
import { openEpochs } from "./open-epochs.ts";

let directory: string;
let instance: FilledInstance;
let paths: Paths;
let first: number;
let second: number;
let backup: string;

/** An instance of which an older copy exists: since then, the first tenant got 25 events and the second none. */
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-recover-test-"));
  instance = createFilledInstance(directory);
  ({ paths } = instance);
  [first = 0, second = 0] = instance.tenants;
  instance.close();
  backup = join(directory, "backup");
  cpSync(paths.dataDir, backup, { recursive: true });
  using((side) => {
    grow(side, first, 3_000, 25);
  });
});
afterEach(() => rmSync(directory, { recursive: true }));

function using<T>(work: (side: WriterSide) => T): T {
  initialiseInstance(paths);
  const side = openWriterSide(paths, systemClock);
  try {
    return work(side);
  } finally {
    side.close();
  }
}

/** Commits events and publishes a head of every log. */
function grow(side: WriterSide, tenantNo: number, from: number, count: number): void {
  instance.commitTo(
    side,
    tenantNo,
    Array.from({ length: count }, (_, i) => makeEvent(`e${from + i}`)),
  );
  const sealer = new Sealer({ db: side.db, signingSecret: side.secrets.signingSecret, kernel: createHashKernel() });
  const guard = openGuard(side);
  for (const log of [0, 1] as const) {
    const update = sealer.seal(side.writer.log(tenantNo, log));
    if (update !== undefined) guard.advance(commitHeads(side.db, [update], Date.now()));
  }
  guard.close();
}

function restore(from: string): void {
  rmSync(paths.dataDir, { recursive: true });
  cpSync(from, paths.dataDir, { recursive: true });
}

async function findings(): Promise<Finding[]> {
  const found: Finding[] = [];
  await fsck({ paths, onFinding: (finding) => found.push(finding) });
  return found;
}

const recover = () => recoverNewEpoch(paths, { clock: systemClock, reason: "disk failure" });

describe("an older data directory beside its guard", () => {
  test("is refused, and fsck says why", async () => {
    restore(backup);
    expect(() => initialiseInstance(paths)).toThrow(/refusing to sign.*was signed at size 600.*holds 570/s);
    expect((await findings()).map(({ code }) => code)).toContain("guard_ahead");
  });

  test("goes on in a new epoch that says what was lost", async () => {
    restore(backup);
    const { epochs, lostOrigins } = recover();
    expect(lostOrigins).toEqual([]);
    expect(epochs).toMatchObject([{ tenantNo: first, previousLedger: 1, ledger: 2, lost: { first: 575, last: 599 } }]);
    expect(await findings()).toEqual([]);
    using((side) => {
      expect(side.writer.log(first, EVENT_LOG)).toMatchObject({ ledger: 2, size: 0 });
      expect(side.writer.log(second, EVENT_LOG)).toMatchObject({ ledger: 1, size: 20 });
      grow(side, first, 4_000, 3);
      expect(side.writer.log(first, EVENT_LOG)).toMatchObject({ ledger: 2, size: 3 });
      const reader = new EventReader(side);
      expect(eventOf(reader.event(first, 1, 574)!).id).toBe("e2004");
      expect(eventOf(reader.event(first, 2, 0)!).id).toBe("e4000");
      reader.close();
      // What was there before the backup is known, what was lost can come in again.
      const again = instance.commitTo(side, first, [makeEvent("e1"), makeEvent("e3001")]);
      expect(again).toMatchObject({ committed: 1, suspects: [{ places: [{ ledger: 1, sequence: 1 }] }] });
    });
    expect(await findings()).toEqual([]);
  });

  test("does nothing when there is nothing to recover from", async () => {
    expect(recover()).toEqual({ epochs: [], lostOrigins: [] });
    restore(backup);
    recover();
    expect(recover()).toEqual({ epochs: [], lostOrigins: [] });
  });

  test("goes on after a crash between the database and the guard", async () => {
    restore(backup);
    const side = openWriterSide(paths, systemClock);
    const guard = openGuard(side);
    const cut = () => {
      throw new Error("power cut");
    };
    expect(() => openEpochs(side, { ...guard, end: cut }, {})).toThrow("power cut");
    expect(() => checkGuard(side.db, guard)).toThrow(/refusing to sign/);
    guard.close();
    side.close();
    expect(recover().epochs).toMatchObject([{ tenantNo: first, previousLedger: 1, ledger: 2, lost: { first: 575 } }]);
    using((writer) => expect(writer.writer.log(first, EVENT_LOG).ledger).toBe(2));
    expect(await findings()).toEqual([]);
  });

  test("never takes up an epoch a second time: the same backup again opens the third", async () => {
    restore(backup);
    recover();
    using((side) => grow(side, first, 5_000, 7));
    restore(backup);
    expect(() => initialiseInstance(paths)).toThrow(/was ended and replaced by/);
    expect(recover()).toMatchObject({
      epochs: [{ tenantNo: first, previousLedger: 1, ledger: 3 }],
      lostOrigins: [expect.stringMatching(/\/e2$/), expect.stringMatching(/\/e2\/control$/)],
    });
    using((side) => grow(side, first, 6_000, 2));
    expect(await findings()).toEqual([]);
  });

  test("with other entries than were signed is refused, and goes on in a new epoch", async () => {
    restore(backup);
    recover();
    using((side) => grow(side, first, 7_000, 4));
    const state = openWriterSide(paths, systemClock);
    const guard = openGuard(state);
    const { origin } = state.writer.log(second, EVENT_LOG);
    const head = guard.head(origin)!;
    guard.close();
    state.db.run("UPDATE heads SET root = zeroblob(32) WHERE tenant_no = ? AND log = 0", second);
    state.close();
    expect(() => initialiseInstance(paths)).toThrow(/with another root/);
    expect(recover().epochs).toMatchObject([{ tenantNo: second, ledger: 2, lost: undefined }]);
    expect(head.size).toBe(20);
    expect(new Set((await findings()).map(({ code }) => code))).toEqual(
      new Set(["head_note_wrong", "head_frontier_wrong", "head_root_wrong"]),
    );
  });
});
