import { randomBytes } from "node:crypto";
import {
  buildRun,
  EVENT_LOG,
  instancePaths,
  type Member,
  openReaderSide,
  openWriterSide,
  type Paths,
  Segmenter,
  type Session,
  swapSegment,
  systemClock,
} from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { type Home, runCairn, startCairn } from "../../crash/support/cairn-process.ts";
import { Producer } from "../../crash/support/producer.ts";

/** Lets a real server record something of everything, stops it, and gives where it lies. */
export async function recordEverything(home: Home): Promise<Paths> {
  const paths = instancePaths(home.dataDir, home.stateDir);
  const producer = new Producer();
  const server = await startCairn(home);
  const createKey = async (tenant: string): Promise<string> => {
    const scopes = "events:write,events:read";
    return (await runCairn(home, ["keys", "create", "--tenant", tenant, "--scopes", scopes])).stdout.trim();
  };
  const send = (body: unknown, path = "/v1/events", method = "POST") =>
    fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await send({ personal: ["/details/ssn"], category: "access" }, "/v1/actions/record.opened", "PUT");
  // Only now: with several tenants no key of one of them writes the catalog.
  const other = { url: server.url, key: await createKey("other") };
  await createKey("gone");
  await producer.send(server, producer.make(300), "?wait=sealed");
  await producer.send(other, producer.make(3), "?wait=sealed");
  await send({ acton: "a typing error" }); // refused, and kept for its owner
  await send({
    id: "joint",
    action: "record.opened",
    actor: { type: "user", id: "u-joint", name: "Ann Joint" },
    targets: [{ type: "patient", id: "mrn-joint", name: "Bob Joint" }],
    details: { ssn: "123-45-6789" },
  });
  await producer.send(server, producer.make(20), "?wait=sealed");
  await server.kill();
  moveSome(paths);
  const again = await startCairn(home);
  const twice = [...[...producer.acknowledged.values()].slice(0, 4).map(({ event }) => event), ...producer.make(5)];
  await producer.send(again, twice, "?wait=sealed");
  await again.kill();
  letPeopleIn(paths);
  return paths;
}

/** Part of the events into a segment and their identities into a run, as the background does when there are many. */
function moveSome(paths: Paths): void {
  const side = openWriterSide(paths, systemClock);
  const reader = openReaderSide(paths);
  const swap = new Segmenter({ ...reader, kernel: createHashKernel() }).build(side.writer.log(1, EVENT_LOG))!;
  swapSegment(side.db, swap);
  side.keyring.destroyJournalKeys(1, side.writer.rotateJournalKey(1));
  const { first } = side.db.get<{ first: number }>("SELECT min(no) AS first FROM dedupe_recent")!;
  const job = { name: "identities/moved.run", tier: 0, from: { kind: "recent" as const, lastNo: first + 1 } };
  const { info, count } = buildRun(job, reader);
  side.identities.finishJob(job, info, count);
  // What only a search engine and an export would write.
  side.db.run("INSERT INTO cursors VALUES ('index', 1, 1, 300)");
  side.db.run("INSERT INTO exports VALUES ('e-1', 1, 5, 'done', '{}', '{}')");
  reader.close();
  side.close();
}

/** Members, sessions and whatever else says who may do what, with every column filled. */
function letPeopleIn(paths: Paths): void {
  const side = openWriterSide(paths, systemClock);
  const { access, registry } = side;
  const tenantNo = registry.findTenant(1, "other")!.no;
  const [memberId, groupId, nowMs, laterMs] = ["mem_1", "grp_1", Date.now(), Date.now() + 86_400_000];
  const goneNo = registry.findTenant(1, "gone")!.no;
  const deletion = { requestedAtMs: nowMs, requestedBy: memberId, dueAtMs: laterMs };
  const ward = { id: groupId, tenantNo, name: "Ward 3", wall: "target.type:patient", createdAtMs: nowMs };
  const member: Member = {
    ...{ id: memberId, tenantNo, role: "analyst", state: "active", groups: [groupId], version: 1 },
    ...{ email: "ada@example.com", name: "Ada", wall: undefined, credentials: { password: "$argon2id$" } },
    ...{ createdAtMs: nowMs, expiresAtMs: laterMs, lastSignInAtMs: nowMs },
  };
  const session: Session = {
    ...{ id: "ses_1", tenantNo, memberId, method: "password", address: "203.0.113.9", userAgent: "Firefox" },
    ...{ createdAtMs: nowMs, lastSeenAtMs: nowMs, expiresAtMs: laterMs },
  };
  const provider = { tenantNo, issuer: "https://idp.example", clientId: "c", clientSecret: "s", groupsClaim: "groups" };
  const source = {
    ...{ id: "src_1", tenantNo, kind: "auth0_stream", createdAtMs: nowMs, isEnabled: true, version: 1 },
    ...{ tokenDigest: randomBytes(32), name: "Auth0", settings: {}, secrets: { client_secret: "s" } },
  };
  const key = access.keys.list({ projectNo: 1, tenantNo })[0]!;
  const [named] = side.keyring.resolvePeople(tenantNo, [[{ namespace: "user", value: "u-named" }]]);
  const isDone = access.apply([
    { kind: "group", group: ward },
    { kind: "member", member },
    { kind: "session", session, digest: randomBytes(32) },
    { kind: "invitation", invitation: { memberId, expiresAtMs: laterMs }, digest: randomBytes(32) },
    { kind: "provider", provider: { ...provider, roles: {}, defaultRole: undefined } },
    {
      kind: "tenant",
      no: goneNo,
      standing: { expiresAtMs: laterMs, suspendedAtMs: nowMs, deletion, deletedAtMs: nowMs },
    },
    { kind: "domains", tenantNo, domains: ["example.com"] },
    { kind: "source", source },
    { kind: "source_state", source, state: { lastReceivedAtMs: nowMs } },
    { kind: "own_event", event: { id: "o-1", tenantNo, dueAtMs: laterMs, event: { action: "log.searched" } } },
    {
      kind: "subject_fact",
      fact: { id: "fct_1", tenantNo, ref: named!, fromMs: nowMs, statement: { kind: "name", name: "Ada" } },
    },
    {
      kind: "view",
      view: {
        id: "vew_1",
        tenantNo,
        ownerId: memberId,
        isShared: true,
        createdAtMs: nowMs,
        content: { name: "Mine", q: "ada" },
      },
    },
    { kind: "key", key: { ...key, addresses: ["203.0.113.0/24"], successor: key.id } },
  ]);
  if (!isDone) throw new Error("BUG: who may do what was not changed");
  // Somebody was forgotten, and the key that wrapped theirs is still there.
  const [ref] = side.keyring.resolvePeople(tenantNo, [[{ namespace: "user", value: "u-forgotten" }]]);
  side.keyring.destroySubject(tenantNo, ref!);
  side.close();
}
