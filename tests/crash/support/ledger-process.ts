// Walks every arrow of the write path in one process, without HTTP: what `arrows.test.ts` cuts short.
// Usage: node ledger-process.ts <data directory> <name of this run> <rounds>
import { writeSync } from "node:fs";
import { type CairnEvent, DEFAULT_PERSON_TARGET_TYPES, findPeople, splitEvent } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import {
  buildRun,
  commitHeads,
  createTenant,
  EVENT_LOG,
  initialiseInstance,
  instancePaths,
  monthIdentifier,
  newestEpochs,
  openGuard,
  openReaderSide,
  openWriterSide,
  prepareBatch,
  readLogs,
  Sealer,
  Segmenter,
  swapSegment,
  sweepSegments,
  systemClock,
} from "@cairn/ledger";
import { bytesToHex, createHashKernel } from "@cairn/merkle";

const EVENTS = 12;
const [dataDir = "", run = "", rounds = "3"] = process.argv.slice(2);
const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);
const kernel = createHashKernel();

/** Says something that the test may rely on from now on: it has left the process when this returns. */
function say(fact: object): void {
  writeSync(1, `${JSON.stringify(fact)}\n`);
}

const paths = instancePaths(dataDir);
initialiseInstance(paths);
const side = openWriterSide(paths, systemClock);
const reader = openReaderSide(paths);
const guard = openGuard(side);
sweepSegments(reader.db, reader.blobs);
const projectNo =
  side.registry.project("default")?.no ??
  side.registry.createProject("default", { name: "Default", nowMs: Date.now() });
const tenant = side.registry.findTenant(projectNo, "first") ?? createTenant(side, { projectNo, id: "first" });
for (let round = 0; round < Number(rounds); round++) {
  const other = createTenant(side, { projectNo, id: `${run}-${round}` });
  commit(tenant.no, round);
  commit(other.no, round);
  seal();
  segment(tenant.no);
  merge(round);
  const rotation = side.keyring.startRotation("all");
  while (rotation.step());
}
guard.close();
reader.close();
side.close();
say({ done: true });

function makeEvent(id: string, n: number): CairnEvent {
  const input = {
    id,
    occurred_at: "2026-03-04T05:06:07.089Z",
    action: "patient.record.viewed",
    actor: { id: `u-${run}-${n}`, name: `User ${n}` },
    targets: [{ type: "patient", id: `mrn-${n}` }],
    description: `User ${n} looked`,
  };
  const door = { nowMs: 0, defaultSource: "api", describeAction: () => undefined };
  return { id, ...acceptEvent(input, door).event };
}

function commit(tenantNo: number, round: number): void {
  const events = Array.from({ length: EVENTS }, (_, i) => makeEvent(`${run}-${tenantNo}-${round}-${i}`, i));
  const split = events.map((event) => {
    const people = findPeople(event, personTypes);
    const refs = side.keyring.resolvePeople(
      tenantNo,
      people.map((person) => person.identifiers),
    );
    const [monthRef = ""] = side.keyring.resolvePeople(tenantNo, [[monthIdentifier(event.occurred_at)]]);
    return splitEvent(event, people, {
      resolve: (person) => refs[people.indexOf(person)]!,
      monthRef,
      personalPointers: [],
    });
  });
  const batch = prepareBatch(split, {
    tenantNo,
    origin: side.writer.log(tenantNo, EVENT_LOG).origin,
    fingerprintKey: side.keyring.tenantKeys(tenantNo).fingerprintKey,
    kernel,
  });
  const [{ sequences, ledger } = { sequences: [], ledger: 0 }] = side.writer.commit([{ batch, mode: "each" }]);
  for (const [i, { id }] of events.entries()) {
    const root = bytesToHex(batch.eventRoots.subarray(i * 32, (i + 1) * 32));
    say({ acknowledged: { tenantNo, ledger, sequence: sequences[i]!, id, root } });
  }
}

function seal(): void {
  const sealer = new Sealer({ db: reader.db, signingSecret: reader.secrets.signingSecret, kernel });
  const updates = newestEpochs(readLogs(reader.db)).flatMap((log) => sealer.seal(log) ?? []);
  const committed = commitHeads(side.db, updates, Date.now());
  guard.advance(committed);
  for (const { origin, size, root } of committed) say({ head: { origin, size, root: bytesToHex(root) } });
}

function segment(tenantNo: number): void {
  const segmenter = new Segmenter({ ...reader, kernel });
  const swap = segmenter.build(side.writer.log(tenantNo, EVENT_LOG));
  if (swap === undefined) return;
  swapSegment(side.db, swap);
  const keyNo = side.writer.rotateJournalKey(tenantNo);
  side.keyring.destroyJournalKeys(tenantNo, keyNo);
}

function merge(round: number): void {
  const { last } = side.db.get<{ last: number }>("SELECT max(no) AS last FROM dedupe_recent")!;
  const recent = {
    name: `identities/${run}-${round}.run`,
    tier: 0,
    from: { kind: "recent" as const, lastNo: last },
  };
  const built = buildRun(recent, reader);
  side.identities.finishJob(recent, built.info, built.count);
  const names = side.db.all<{ name: string }>("SELECT name FROM dedupe_runs").map((row) => row.name);
  if (names.length < 2) return;
  const merged = { name: `identities/${run}-${round}-merged.run`, tier: 1, from: { kind: "runs" as const, names } };
  const both = buildRun(merged, reader);
  side.identities.finishJob(merged, both.info, both.count);
}
