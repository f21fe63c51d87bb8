import { type CairnEvent, DEFAULT_PERSON_TARGET_TYPES, findPeople, splitEvent } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import { createHashKernel, emptyRoot } from "@cairn/merkle";
import {
  type AppendedControl,
  buildRun,
  CONTROL_LOG,
  type CommitResult,
  checkGuard,
  commitHeads,
  createTenant,
  EVENT_LOG,
  EventReader,
  initialiseInstance,
  instancePaths,
  type Member,
  monthIdentifier,
  openGuard,
  openReaderSide,
  openWriterSide,
  type Paths,
  prepareBatch,
  readHead,
  Sealer,
  Segmenter,
  type Session,
  swapSegment,
  systemClock,
  type WriterSide,
} from "../index.ts";

const kernel = createHashKernel();
const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);

/** An instance that holds something of everything the ledger stores. */
export interface FilledInstance {
  readonly paths: Paths;
  readonly side: WriterSide;
  readonly tenants: readonly number[];
  /** The export of evidence that the first tenant's control log announces. */
  readonly announcement: AppendedControl;
  /** A person of the first tenant whose key has been destroyed. */
  readonly erasedRef: string;
  commit(tenantNo: number, events: readonly CairnEvent[]): void;
  /** Commits one batch through a writer of one's own. */
  commitTo(side: WriterSide, tenantNo: number, events: readonly CairnEvent[]): CommitResult;
  seal(): void;
  segment(tenantNo: number): void;
  close(): void;
}

/** Makes an event as the door would let it in. */
export function makeEvent(id: string, more: object = {}): CairnEvent {
  const input = {
    occurred_at: "2026-03-04T05:06:07.089Z",
    action: "patient.record.viewed",
    actor: { id: `user-${id.length}`, email: "jane@example.com", name: "Jane Doe" },
    targets: [{ type: "patient", id: `mrn-${Number.parseInt(id.slice(1), 10) % 5}`, name: "Paul Example" }],
    context: { ip: "203.0.113.42", session_id: "s1" },
    description: "Jane Doe viewed the record of Paul Example",
    details: { ssn: "123-45-6789", page: 3 },
    ...more,
  };
  const door = { nowMs: 0, defaultSource: "api", describeAction: () => undefined };
  return { id, ...acceptEvent({ id, ...input }, door).event };
}

const service = { actor: { type: "service", id: "ci" }, targets: [{ type: "build", id: "b-7" }] };

function makeEvents(first: number, count: number): CairnEvent[] {
  return Array.from({ length: count }, (_, i) => makeEvent(`e${first + i}`, i % 7 === 0 ? service : {}));
}

/** Fills a new instance below `directory`. */
export function createFilledInstance(directory: string): FilledInstance {
  const paths = instancePaths(`${directory}/data`);
  initialiseInstance(paths);
  const side = openWriterSide(paths, systemClock);
  const guard = openGuard(side);
  const projectNo = side.registry.createProject("default", { name: "Default", nowMs: Date.now() });
  const tenants = ["acme", "globex"].map((id) => createTenant(side, { projectNo, id }).no);

  function prepare(side: WriterSide, tenantNo: number, events: readonly CairnEvent[]) {
    const split = events.map((event) => {
      const people = findPeople(event, personTypes);
      const refs = new Map(
        people.map((person) => [person.pointer, side.keyring.resolvePeople(tenantNo, [person.identifiers])[0]!]),
      );
      const [monthRef = ""] = side.keyring.resolvePeople(tenantNo, [[monthIdentifier(event.occurred_at)]]);
      return splitEvent(event, people, {
        resolve: (person) => refs.get(person.pointer)!,
        monthRef,
        personalPointers: ["/details/ssn"],
      });
    });
    return prepareBatch(split, {
      tenantNo,
      origin: side.writer.log(tenantNo, EVENT_LOG).origin,
      fingerprintKey: side.keyring.tenantKeys(tenantNo).fingerprintKey,
      kernel,
    });
  }

  /** Each time it is sealed a day has passed, so that every head becomes an older checkpoint. */
  let days = 0;
  const instance: Omit<FilledInstance, "announcement" | "erasedRef"> = {
    paths,
    side,
    tenants,
    commit(tenantNo, events) {
      for (let i = 0; i < events.length; i += 100) instance.commitTo(side, tenantNo, events.slice(i, i + 100));
    },
    commitTo: (writer, tenantNo, events) =>
      writer.writer.commit([{ batch: prepare(writer, tenantNo, events), mode: "each" }])[0]!,
    seal() {
      const sealer = new Sealer({ db: side.db, signingSecret: side.secrets.signingSecret, kernel });
      for (const tenantNo of tenants) {
        for (const log of [EVENT_LOG, CONTROL_LOG] as const) {
          const update = sealer.seal(side.writer.log(tenantNo, log));
          if (update !== undefined) commitHeads(side.db, [update], days * 86_400_000);
        }
      }
      days++;
      checkGuard(side.db, guard);
    },
    segment(tenantNo) {
      const swap = new Segmenter({ ...side, kernel }).build(side.writer.log(tenantNo, EVENT_LOG));
      if (swap === undefined) throw new Error("nothing to segment");
      swapSegment(side.db, swap);
      const keyNo = side.writer.rotateJournalKey(tenantNo);
      const needed = side.db.get<{ first: number | null }>(
        "SELECT min(key_no) AS first FROM journal WHERE tenant_no = ?",
        tenantNo,
      )!.first;
      side.keyring.destroyJournalKeys(tenantNo, needed ?? keyNo);
    },
    close() {
      guard.close();
      side.close();
    },
  };

  const [first = 0, second = 0] = tenants;
  instance.seal();
  instance.commit(first, makeEvents(0, 350));
  instance.seal();
  instance.segment(first);
  const job = { name: "identities/first.run", tier: 0, from: { kind: "recent" as const, lastNo: 1_000 } };
  const { info, count } = buildRun(job, side);
  side.identities.finishJob(job, info, count);
  instance.commit(first, makeEvents(340, 200)); // ten of them are there already
  instance.commit(second, makeEvents(0, 20));
  const head = readHead(side.db, side.writer.log(first, EVENT_LOG))!;
  const announcement = side.writer.appendControl(first, {
    type: "evidence.exported",
    time: "2026-03-05T00:00:00.000Z",
    eventLog: { ledger: 1, size: head.size, root: head.root },
    terms: { first: 0, last: 10 },
    sealed: { recipient: "An auditor" },
    withheld: { query: 'actor:"Jane"' },
  });
  side.writer.appendControl(second, {
    type: "hold.set",
    time: "2026-03-05T00:00:00.000Z",
    eventLog: { ledger: 1, size: 0, root: emptyRoot() },
    terms: { predicate: "action:patient.*" },
  });
  instance.seal();
  instance.segment(first);
  instance.commit(first, makeEvents(1_000, 30));
  instance.seal();
  instance.commit(first, makeEvents(2_000, 5)); // not sealed yet
  const reader = openReaderSide(paths);
  const stored = new EventReader(reader).event(first, 1, 1)!;
  reader.close();
  const erasedRef = stored.parts.at(-2)!.refs[0]!;
  side.keyring.destroySubject(first, erasedRef);
  fillRegistry(side, { projectNo, tenantNo: first });
  return { ...instance, announcement, erasedRef };
}

/** Rows that have nothing to do with events. */
function fillRegistry(
  side: WriterSide,
  { projectNo, tenantNo }: { readonly projectNo: number; readonly tenantNo: number },
): void {
  side.access.keys.create(
    { projectNo, tenantNo, name: "a key", scopes: ["events:read"], expiresAtMs: 2_000_000_000_000 },
    1_000,
  );
  fillAccess(side, tenantNo);
  side.db.run("INSERT INTO actions VALUES (?, 'a.b', 1, '{}', 5)", projectNo);
  side.db.run("INSERT INTO seen_actions VALUES (?, 'a.b', 5)", tenantNo);
  side.db.run("INSERT INTO cursors VALUES ('index', ?, 1, 17)", tenantNo);
  side.db.run("INSERT INTO cursors VALUES ('stream', ?, 1, 17)", tenantNo);
  side.db.run("UPDATE cursors SET sequence = 18 WHERE follower = 'stream'");
  side.db.run("INSERT INTO refused (tenant_no, refused_at, body) VALUES (?, 5, x'00')", tenantNo);
  side.db.run("INSERT INTO exports VALUES ('x', ?, 5, 'done', '{}', '{}')", tenantNo);
}

/** A row of each kind that says who may do what. */
function fillAccess({ access }: WriterSide, tenantNo: number): void {
  const id = "mem_00000000000000000000";
  const member: Member = {
    id,
    tenantNo,
    role: "analyst",
    state: "active",
    groups: [],
    createdAtMs: 5,
    expiresAtMs: undefined,
    lastSignInAtMs: undefined,
    version: 1,
    email: "a@example.com",
    name: "A",
    wall: undefined,
    credentials: {},
  };
  const seen = { createdAtMs: 5, lastSeenAtMs: 5, expiresAtMs: 9 };
  const session: Session = { id: "s", tenantNo, memberId: id, ...seen, method: "link", address: "::1", userAgent: "" };
  const provider = {
    ...{ tenantNo, issuer: "https://id.example.com", clientId: "c", clientSecret: "s", groupsClaim: "groups" },
    roles: {},
    defaultRole: undefined,
  };
  access.apply([
    { kind: "member", member },
    { kind: "group", group: { id: "g", tenantNo, name: "G", wall: undefined, createdAtMs: 5 } },
    { kind: "invitation", invitation: { memberId: id, expiresAtMs: 9 }, digest: new Uint8Array(32) },
    { kind: "session", session, digest: new Uint8Array(32) },
    { kind: "provider", provider },
    { kind: "domains", tenantNo, domains: ["example.com"] },
    { kind: "own_event", event: { id: "o", tenantNo, dueAtMs: 5, event: { action: "a.b" } } },
  ]);
}
