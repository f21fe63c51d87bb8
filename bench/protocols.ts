import { setTimeout as sleep } from "node:timers/promises";
import { liveEvents } from "./lib/generators.ts";
import { HttpConnection, requestHead } from "./lib/http-connection.ts";
import { readOptions } from "./lib/options.ts";
import { cpuPerEvent, cpuTimes } from "./lib/processes.ts";
import { eventsBody, MEASURED_PROTOCOLS, type MeasuredProtocol } from "./lib/protocol-bodies.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { type BenchServer, startServer, waitForGauge } from "./lib/server.ts";
import { MEASURED_SOURCES, setUpSource } from "./lib/source-bodies.ts";

// How many events a second come in by each protocol and by each kind of webhook, and how many of the same events by `POST /v1/events` in requests of as
// many? Bodies are made beforehand. Each way is measured between two measurements of the other, because the machine changes.

const options = readOptions({
  only: "",
  seconds: 4,
  "warm-up": 2,
  connections: 8,
  "single-connections": 64,
  rate: 90_000,
});

/** Requests of one event a second that no way reaches; of many events, `--rate` says for how many a second they are made. */
const MAX_SINGLE_PER_SECOND = 10_000;

interface Way {
  readonly path: string;
  readonly key: string;
  readonly bodies: readonly Buffer[];
  readonly batch: number;
}

await answerQuestion("events by protocol, beside POST /v1/events", async () => {
  progress("starting the server");
  const server = await startServer();
  try {
    const results: Record<string, Comparison> = {};
    const isAsked = ({ name }: { readonly name: string }) => options.only === "" || name.includes(options.only);
    const protocols: Measured[] = MEASURED_PROTOCOLS.filter(isAsked).map((each) => ({ ...each, key: server.key }));
    for (const each of MEASURED_SOURCES.filter(isAsked)) {
      const { path, token } = await setUpSource(server, each.source);
      protocols.push({ ...each, path, key: token });
    }
    for (const protocol of protocols) {
      results[protocol.name] = await compare(server, protocol);
      await waitForGauge(server, { name: "cairn_index_lag_events", limit: 0, timeoutMs: 300_000 });
    }
    return {
      protocols: results,
      worstTimesSlower: Math.max(...Object.values(results).map((each) => each.timesSlower)),
    };
  } finally {
    await server.stop();
  }
});

/** One way in, and who may use it. */
interface Measured extends MeasuredProtocol {
  readonly key: string;
}

interface Comparison {
  readonly batch: number;
  readonly eventsPerSecond: number;
  /** By `POST /v1/events`, before and after. */
  readonly byEventsPerSecond: readonly number[];
  readonly timesSlower: number;
  /** Microseconds by thread or process. */
  readonly cpuUsPerEvent: Readonly<Record<string, number>>;
  readonly cpuUsPerEventByEvents: Readonly<Record<string, number>>;
}

/** What one way did in the time. */
interface Rate {
  readonly perSecond: number;
  readonly cpuUsPerEvent: Readonly<Record<string, number>>;
}

async function compare(server: BenchServer, protocol: Measured): Promise<Comparison> {
  const { name, path, key, batch, bodyOf } = protocol;
  const plain = () =>
    run(server, { path: "/v1/events", key: server.key, batch, bodies: makeBodies(batch, eventsBody) });
  const before = await plain();
  const measured = await run(server, { path, key, batch, bodies: makeBodies(batch, bodyOf) });
  const after = await plain();
  const reference = (before.perSecond + after.perSecond) / 2;
  progress(`${name}: ${round(measured.perSecond)} events/s, ${round(reference)} by /v1/events`);
  return {
    batch,
    eventsPerSecond: round(measured.perSecond),
    byEventsPerSecond: [round(before.perSecond), round(after.perSecond)],
    timesSlower: round(reference / measured.perSecond),
    cpuUsPerEvent: measured.cpuUsPerEvent,
    cpuUsPerEventByEvents: after.cpuUsPerEvent,
  };
}

function makeBodies(batch: number, bodyOf: (events: readonly object[]) => string): Buffer[] {
  const generator = liveEvents();
  const rate = batch === 1 ? MAX_SINGLE_PER_SECOND : options.rate;
  const count = Math.ceil((rate * (options.seconds + options["warm-up"])) / batch);
  return Array.from({ length: count }, () => {
    const { events } = JSON.parse(generator.batch(batch).toString()) as { events: object[] };
    return Buffer.from(bodyOf(events));
  });
}

/** Sends bodies for the time, each once, and counts after the warm-up. */
async function run(server: BenchServer, { path, key, bodies, batch }: Way): Promise<Rate> {
  const connections = batch === 1 ? options["single-connections"] : options.connections;
  const control = { next: 0, acknowledged: 0, isStopped: false };
  const sender = async (): Promise<void> => {
    const connection = new HttpConnection(server.port, { keepBody: "unless_ok" });
    try {
      while (!control.isStopped) {
        const body = bodies[control.next++];
        if (body === undefined) throw new Error(`${path} is faster than bodies were made for`);
        await send(connection, { path, body, key });
        control.acknowledged += batch;
      }
    } finally {
      connection.close();
    }
  };
  const senders = Promise.all(Array.from({ length: connections }, sender));
  senders.catch(() => undefined);
  await sleep(options["warm-up"] * 1_000);
  const [from, before, cpuBefore] = [performance.now(), control.acknowledged, cpuTimes(server.pid)];
  await sleep(options.seconds * 1_000);
  const acknowledged = control.acknowledged - before;
  const perSecond = (acknowledged * 1_000) / (performance.now() - from);
  const cpuUsPerEvent = cpuPerEvent(cpuBefore, cpuTimes(server.pid), acknowledged);
  control.isStopped = true;
  await senders;
  return { perSecond, cpuUsPerEvent };
}

async function send(
  connection: HttpConnection,
  { path, body, key }: { readonly path: string; readonly body: Buffer; readonly key: string },
): Promise<void> {
  for (;;) {
    const answer = await connection.send(requestHead(path, { key, bodyBytes: body.length }), body);
    if (answer.status === 200 || answer.status === 201) return;
    if (answer.status !== 429 && answer.status !== 503)
      throw new Error(`${path} answered ${answer.status}: ${answer.body.slice(0, 500)}`);
    await sleep((answer.retryAfterSeconds ?? 1) * 1_000);
  }
}
