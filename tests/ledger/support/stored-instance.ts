import {
  buildRun,
  EVENT_LOG,
  instancePaths,
  openReaderSide,
  openWriterSide,
  type Paths,
  Segmenter,
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
  const { stdout } = await runCairn(home, [
    "keys",
    "create",
    "--tenant",
    "other",
    "--scopes",
    "events:write,events:read",
  ]);
  const other = { url: server.url, key: stdout.trim() };
  const send = (body: unknown, path = "/v1/events", method = "POST") =>
    fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await send({ personal: ["/details/ssn"], category: "access" }, "/v1/actions/record.opened", "PUT");
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
