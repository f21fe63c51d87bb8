import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CairnEvent, canonicalJson, DEFAULT_PERSON_TARGET_TYPES, findPeople, splitEvent } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import { createHashKernel, ENTRY_LENGTH, ed25519Verifier, openCheckpoint, rootFromLeafHashes } from "@cairn/merkle";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  buildRun,
  checkGuard,
  commitHeads,
  commitmentsOf,
  createTenant,
  deriveLogKey,
  EVENT_LOG,
  EventReader,
  eventOf,
  initialiseInstance,
  instancePaths,
  logVkey,
  openGuard,
  openReaderSide,
  openWriterSide,
  prepareBatch,
  receiptOf,
  Sealer,
  Segmenter,
  type StoredEvent,
  swapSegment,
  systemClock,
  type WriterSide,
} from "./index.ts";

const kernel = createHashKernel();
const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);
let directory: string;
let side: WriterSide;
let tenantNo: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-ledger-"));
  const paths = instancePaths(join(directory, "data"));
  initialiseInstance(paths);
  side = openWriterSide(paths, systemClock);
  const projectNo = side.registry.createProject("default", { name: "Default", nowMs: Date.now() });
  tenantNo = createTenant(side, { projectNo, id: "acme" }).no;
});

afterEach(() => {
  side.close();
  rmSync(directory, { recursive: true });
});

function event(id: string, more: object = {}): CairnEvent {
  const door = { nowMs: 0, defaultSource: "api", describeAction: () => undefined };
  const input = {
    id,
    occurred_at: "2026-03-04T05:06:07.089Z",
    action: "document.viewed",
    actor: { id: `user-${id.length}`, email: "jane@example.com", name: "Jane Doe" },
    context: { ip: "203.0.113.42", session_id: "s1" },
    description: "Jane Doe viewed a document",
    ...more,
  };
  return { id, ...acceptEvent(input, door).event };
}

function prepare(events: readonly CairnEvent[]) {
  const { origin } = side.writer.log(tenantNo, EVENT_LOG);
  const split = events.map((each) => {
    const people = findPeople(each, personTypes);
    const refs = new Map(
      people.map((person) => [person, side.keyring.resolvePeople(tenantNo, [person.identifiers])[0]!]),
    );
    const [monthRef = ""] = side.keyring.resolvePeople(tenantNo, [[{ namespace: "month", value: "2026-03" }]]);
    return splitEvent(each, people, { resolve: (person) => refs.get(person)!, monthRef, personalPointers: [] });
  });
  return prepareBatch(split, {
    tenantNo,
    origin,
    fingerprintKey: side.keyring.tenantKeys(tenantNo).fingerprintKey,
    kernel,
  });
}

const commit = (events: readonly CairnEvent[]) => side.writer.commit([{ batch: prepare(events), mode: "each" }])[0]!;
const withoutRef = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === "ref" ? undefined : member))) as unknown;

function reader() {
  const readSide = openReaderSide(side.paths);
  return { read: new EventReader(readSide), readSide };
}

function sealAll() {
  const sealer = new Sealer({ db: side.db, signingSecret: side.secrets.signingSecret, kernel });
  const update = sealer.seal(side.writer.log(tenantNo, EVENT_LOG));
  if (update === undefined) return undefined;
  return commitHeads(side.db, [update], Date.now())[0];
}

describe("the ledger", () => {
  test("gives back what was committed, from the journal and from a segment", () => {
    const events = Array.from({ length: 600 }, (_, i) =>
      event(`e${i}`, i % 7 === 0 ? { actor: { type: "service", id: "ci" } } : {}),
    );
    expect(commit(events.slice(0, 400)).committed).toBe(400);
    expect(commit(events.slice(400)).sequences[0]).toBe(400);
    const check = () => {
      const { read, readSide } = reader();
      const stored = read.range(tenantNo, 1, { first: 0, count: 1_000 });
      expect(stored.map((each) => canonicalJson(withoutRef(eventOf(each))))).toEqual(
        events.map((each) => canonicalJson(each)),
      );
      expect(receiptOf(stored[5]!)).toMatchObject({ ledger: 1, sequence: 5 });
      const entries = read.entries(tenantNo, 1, { first: 0, count: 600 });
      readSide.close();
      return entries;
    };
    const fromJournal = check();
    const head = sealAll()!;
    const leaves = Buffer.from(kernel.leafHashes(fromJournal, 600));
    expect(Buffer.from(head.root)).toEqual(Buffer.from(rootFromLeafHashes(leaves)));
    const segmenter = new Segmenter({ ...side, kernel });
    const swap = segmenter.build(side.writer.log(tenantNo, EVENT_LOG))!;
    expect(swap).toMatchObject({ first: 0, count: 600 });
    swapSegment(side.db, swap);
    expect(side.db.all("SELECT 1 FROM journal")).toHaveLength(0);
    expect(check()).toEqual(fromJournal);
    expect(fromJournal.length).toBe(600 * ENTRY_LENGTH);
  });

  test("signs checkpoints that its vkey verifies, and grows them by compare-and-swap", () => {
    commit([event("a")]);
    const first = sealAll()!;
    const { origin } = first;
    const vkey = logVkey(origin, deriveLogKey(side.secrets.signingSecret, origin));
    expect(openCheckpoint(first.note, { log: [ed25519Verifier(vkey)], origin })).toMatchObject({ ok: true });
    commit([event("b")]);
    const sealer = new Sealer({ db: side.db, signingSecret: side.secrets.signingSecret, kernel });
    const state = side.writer.log(tenantNo, EVENT_LOG);
    const [one, two] = [sealer.seal(state)!, sealer.seal(state)!];
    expect(Buffer.from(one.root)).toEqual(Buffer.from(two.root));
    expect(commitHeads(side.db, [one], 0)).toHaveLength(1);
    expect(commitHeads(side.db, [two], 0)).toHaveLength(0);
  });

  test("knows every identity again: in memory, in a run, after a restart", () => {
    commit(Array.from({ length: 50 }, (_, i) => event(`x${i}`)));
    const again = commit([event("x7"), event("new"), event("new")]);
    expect(again.committed).toBe(1);
    expect(again.suspects).toEqual([
      { position: 0, places: [{ ledger: 1, sequence: 7 }] },
      { position: 2, places: [], earlier: 1 },
    ]);
    const job = { name: "identities/test.run", tier: 0, from: { kind: "recent" as const, lastNo: 1_000 } };
    const { info, count } = buildRun(job, side);
    side.identities.finishJob(job, info, count);
    expect(count).toBe(51);
    const { paths } = side;
    side.close();
    side = openWriterSide(paths, systemClock);
    expect(commit([event("x49"), event("fresh")])).toMatchObject({
      committed: 1,
      suspects: [{ position: 0, places: [{ ledger: 1, sequence: 49 }] }],
    });
  });

  test("leaves nothing readable of a subject whose key is destroyed, and keeps the commitment", () => {
    commit([event("a"), event("b", { actor: { type: "service", id: "ci" } })]);
    sealAll();
    swapSegment(side.db, new Segmenter({ ...side, kernel }).build(side.writer.log(tenantNo, EVENT_LOG))!);
    const { read, readSide } = reader();
    const [before] = read.range(tenantNo, 1, { first: 0, count: 1 });
    const ref = before!.parts[0]!.refs[0]!;
    side.keyring.destroySubject(tenantNo, ref);
    read.forget();
    const [after, other] = read.range(tenantNo, 1, { first: 0, count: 2 });
    expect(after!.parts[0]!.value).toBeUndefined();
    const { origin } = side.writer.log(tenantNo, EVENT_LOG);
    const commitments = (stored: StoredEvent) => commitmentsOf(stored, origin).map((each) => Buffer.from(each));
    expect(commitments(after!)).toEqual(commitments(before!));
    expect(eventOf(after!)).toMatchObject({ actor: { type: "user", ref }, description: `{${ref}} viewed a document` });
    expect(JSON.stringify(eventOf(after!))).not.toContain("jane");
    expect(eventOf(other!).context?.ip).toBe("203.0.113.42");
    readSide.close();
  });

  test("refuses to sign when the guard is ahead", () => {
    const guard = openGuard(side);
    commit([event("a")]);
    const head = sealAll()!;
    checkGuard(side.db, guard);
    expect(guard.head(head.origin)?.size).toBe(1);
    guard.advance([{ origin: head.origin, size: 5, root: head.root }]);
    expect(() => checkGuard(side.db, guard)).toThrow(/refusing to sign/);
    guard.close();
  });
});
