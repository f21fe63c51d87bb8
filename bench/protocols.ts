import { setTimeout as sleep } from "node:timers/promises";
import type { Dialect } from "../apps/server/src/ingest/delivery.ts";
import type { Generated, MeasuredWay } from "./lib/generated.ts";
import { liveEvents } from "./lib/generators.ts";
import { readMetrics } from "./lib/metrics.ts";
import { readOptions } from "./lib/options.ts";
import { cpuPerEvent, cpuTimes } from "./lib/processes.ts";
import { MEASURED_PROTOCOLS } from "./lib/protocol-bodies.ts";
import { type RepeatableBody, repeatable, turningId } from "./lib/repeatable-body.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { sameEvents } from "./lib/same-events.ts";
import { type BenchServer, startServer, waitForGauge } from "./lib/server.ts";
import { adminKey, MEASURED_SOURCES, setUpSource } from "./lib/source-bodies.ts";
import { type TurningRequests, turningLoad } from "./lib/turning-load.ts";
import { perSecond, Sum, type Turn } from "./lib/turns.ts";

// How many events a second come in by each protocol and by each kind of webhook, and how many of the same events, in
// requests of as many, by `POST /v1/events`? Each way takes turns with that, because the machine changes.

const options = readOptions({
  /** Part of the name of the ways that are measured; all when empty. */
  only: "",
  seconds: 1,
  "warm-up": 5,
  rounds: 3,
  connections: 8,
  "single-connections": 64,
});

/** Left out at the beginning of each turn. */
const SETTLE_MS = 150;
/** Bodies of requests of many events, and of one: enough that what they say is not always the same. */
const BODIES = { many: 24, single: 2_000 } as const;
/** The index may not be further behind than this when the next way begins. */
const MAX_LAG_EVENTS = 100_000;

/** One way in, and who may use it. */
type Measured = MeasuredWay & { readonly path: string; readonly key: string; readonly dialect: Dialect };

interface Comparison {
  readonly batch: number;
  /** Size of an event by this way, bytes. */
  readonly eventBytes: number;
  /** And of the same event as `POST /v1/events` takes it. */
  readonly eventBytesByEvents: number;
  readonly eventsPerSecond: number;
  readonly byEventsPerSecond: number;
  /** Of the middle round: others on the machine slow one down and not the next. */
  readonly timesSlower: number;
  /** How many times the CPU time of all threads is that by `POST /v1/events`: it moves less when the machine is shared. */
  readonly timesCpu: number;
  /** Microseconds by thread or process. */
  readonly cpuUsPerEvent: Readonly<Record<string, number>>;
  readonly cpuUsPerEventByEvents: Readonly<Record<string, number>>;
}

await answerQuestion("events by protocol, beside POST /v1/events", async () => {
  progress("starting the server");
  const server = await startServer();
  try {
    const results: Record<string, Comparison> = {};
    for (const way of await ways(server)) {
      results[way.name] = await compare(server, way);
      const gauge = { name: "cairn_index_lag_events", limit: MAX_LAG_EVENTS, timeoutMs: 300_000 };
      await waitForGauge(server, gauge);
    }
    return {
      protocols: results,
      worstTimesSlower: Math.max(...Object.values(results).map((each) => each.timesSlower)),
    };
  } finally {
    await server.stop();
  }
});

async function ways(server: BenchServer): Promise<Measured[]> {
  const isAsked = ({ name }: { readonly name: string }) => options.only === "" || name.includes(options.only);
  const measured: Measured[] = MEASURED_PROTOCOLS.filter(isAsked).map((each) => ({ ...each, key: server.key }));
  const key = await adminKey(server);
  for (const { source, ...way } of MEASURED_SOURCES.filter(isAsked)) {
    const { path, token } = await setUpSource(server, { key, source });
    const settings = JSON.stringify(source.settings ?? {});
    const dialect = { kind: "source", id: path, version: 1, sourceKind: source.kind, settings, headers: {} } as const;
    measured.push({ ...way, path, key: token, dialect });
  }
  return measured;
}

async function compare(server: BenchServer, way: Measured): Promise<Comparison> {
  const { own, plain } = requestsOf(way, server.key);
  const committedBefore = await committedEvents(server);
  const warmUp = await run(server, own, options["warm-up"] * 1_000);
  const sums = { own: new Sum(), plain: new Sum() };
  const ratios: number[] = [];
  for (let i = 0; i < options.rounds; i++) {
    const reference = await run(server, plain, options.seconds * 1_000);
    const turn = await run(server, own, options.seconds * 1_000);
    sums.plain.add(reference);
    sums.own.add(turn);
    ratios.push(perSecond(reference) / perSecond(turn));
  }
  const sent = warmUp.sent + sums.own.sent + sums.plain.sent;
  const committed = (await committedEvents(server)) - committedBefore;
  // An answer may tell of events that were refused.
  if (committed !== sent) throw new Error(`${way.name}: ${sent} events were sent and ${committed} committed`);
  const [rate, reference] = [perSecond(sums.own), perSecond(sums.plain)];
  const [cpu, plainCpu] = [sums.own.cpuUsPerEvent(), sums.plain.cpuUsPerEvent()];
  const timesSlower = round(middle(ratios));
  progress(`${way.name}: ${round(rate)} events/s, ${round(reference)} by /v1/events: ${timesSlower}`);
  return {
    batch: way.batch,
    eventBytes: bytesPerEvent(own),
    eventBytesByEvents: bytesPerEvent(plain),
    ...{ eventsPerSecond: round(rate), byEventsPerSecond: round(reference), timesSlower },
    timesCpu: round((cpu.sum ?? 0) / (plainCpu.sum ?? 0)),
    ...{ cpuUsPerEvent: cpu, cpuUsPerEventByEvents: plainCpu },
  };
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

async function committedEvents({ port }: BenchServer): Promise<number> {
  return (await readMetrics(port)).get("cairn_committed_events")!;
}

/** Makes bodies of a way, and the same events as `POST /v1/events` takes them. */
function requestsOf(way: Measured, key: string): Readonly<Record<"own" | "plain", TurningRequests>> {
  const { batch, contentType = "application/json", dialect, path } = way;
  const generator = liveEvents();
  const [own, plain]: [RepeatableBody[], RepeatableBody[]] = [[], []];
  for (let i = 0; i < (batch === 1 ? BODIES.single : BODIES.many); i++) {
    const { events } = JSON.parse(generator.batch(batch).toString()) as { events: Generated[] };
    const turning = events.map((event, j) => ({ ...event, id: turningId(event.id, i * batch + j) }));
    const headers = way.headersOf?.(turning) ?? {};
    const body = Buffer.from(way.bodyOf(turning));
    const read = dialect.kind === "source" ? { ...dialect, headers: lowerCased(headers) } : dialect;
    const ids = turning.map(({ id }) => id);
    plain.push(repeatable(sameEvents(body, { dialect: read, ids }), { half: 1 }));
    own.push(repeatable(body, { headers, half: 0 }));
  }
  return {
    own: { path, key: way.key, contentType, batch, bodies: own },
    plain: { path: "/v1/events", key, contentType: "application/json", batch, bodies: plain },
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function bytesPerEvent({ bodies, batch }: TurningRequests): number {
  return round(bodies.reduce((sum, { body }) => sum + body.length, 0) / bodies.length / batch);
}

async function run(server: BenchServer, requests: TurningRequests, durationMs: number): Promise<Turn> {
  const connections = requests.batch === 1 ? options["single-connections"] : options.connections;
  const load = turningLoad(server.port, requests, connections);
  await sleep(SETTLE_MS);
  const [from, before, cpuBefore] = [performance.now(), load.acknowledged(), cpuTimes(server.pid)];
  await sleep(durationMs);
  const events = load.acknowledged() - before;
  const seconds = (performance.now() - from) / 1_000;
  const cpuUsPerEvent = cpuPerEvent(cpuBefore, cpuTimes(server.pid), events);
  await load.stop();
  return { sent: load.acknowledged(), events, seconds, cpuUsPerEvent };
}
