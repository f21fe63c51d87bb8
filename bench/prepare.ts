import {
  type BatchItem,
  type CairnEvent,
  type CompiledBody,
  CompiledEvent,
  DEFAULT_PERSON_TARGET_TYPES,
  findPeople,
  flattenCore,
  type PersonMention,
  parseBatch,
  type SplitEvent,
  splitEvent,
} from "@cairn/event";
import { acceptEvent, EventCompiler } from "@cairn/event/door";
import { PeopleCache, type PreparableEvent, prepareBatch } from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { createEventGenerator } from "@cairn/testkit";
import { readOptions } from "./lib/options.ts";
import { type ProfileShare, profile, summarise } from "./lib/profile.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";

// What does each stage of ingest cost, in CPU time of one thread, without HTTP, threads or disk? `--way slow` leaves the
// compiler of plain events out: that is what events cost which are not plain.

const options = readOptions({
  events: 100_000,
  batch: 500,
  rounds: 3,
  names: "some_beyond_ascii",
  top: 25,
  way: "compiled",
});
const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);
const kernel = createHashKernel();
const prepareOptions = {
  tenantNo: 1,
  origin: "cairn.example/0123456789/abcdefghij",
  fingerprintKey: new Uint8Array(32).fill(7),
  kernel,
};

const people = new PeopleCache();
const compiler = EventCompiler.create(Math.random)!;
const compileOptions = { tenantNo: 1, tenant: "default", origin: prepareOptions.origin, defaultSource: "api" };
let lastSubject = 0;

/** Stands in for the directory: a reference of the usual length, remembered where ingest remembers it. */
function resolve(person: PersonMention): string {
  const known = people.get(1, person);
  if (known !== undefined) return known;
  const ref = `sub_${(lastSubject++).toString(36).padStart(16, "0")}`;
  people.set(1, person.identifiers, ref);
  return ref;
}

/** Compiles a body; what the compiler leaves is read the slow way, and taught. */
function compile(body: Buffer): { readonly events: PreparableEvent[]; readonly compiled: CompiledBody } {
  const compiled = compiler.compile(body, compileOptions)!;
  const events = Array.from({ length: compiled.count }, (_, i): PreparableEvent => {
    if (compiled.isCompiled(i)) return new CompiledEvent(compiled, i);
    const items = stages.parse(body.subarray(compiled.start(i), compiled.end(i)));
    const [event] = stages.accept(items);
    const [split] = stages.split([event!]);
    const unknown = compiled.unknown(i);
    if (unknown !== undefined) {
      compiler.learn(unknown, body.subarray(unknown.start, unknown.end), {
        event: event!,
        split: split!,
        people: findPeople(event!, personTypes),
        personTargetTypes: personTypes,
        resolve: (person) => people.get(1, person),
        monthRef: "sub_month",
        action: { isPlain: true },
        tenantNo: 1,
      });
    }
    return split!;
  });
  return { events, compiled };
}

/** The stages, in order; each one's result is the next one's input. */
const stages = {
  parse: (body: Buffer): BatchItem[] => parseBatch(body, "json"),
  accept: (items: BatchItem[]): CairnEvent[] =>
    items.map((item) => {
      if (item.kind === "refused") throw item.error;
      const door = { nowMs: Date.now(), defaultSource: "api", describeAction: () => undefined };
      const { event } = acceptEvent(item.value, door);
      return { ...event, id: event.id! };
    }),
  split: (events: CairnEvent[]): SplitEvent[] =>
    events.map((event) =>
      splitEvent(event, findPeople(event, personTypes), { resolve, monthRef: "sub_month", personalPointers: [] }),
    ),
  prepare: (split: readonly PreparableEvent[]): number => prepareBatch(split, prepareOptions).body.length,
};

const generator = createEventGenerator({
  seed: 1,
  times: { kind: "live", nowMs: Date.now },
  names: options.names === "ascii" ? "ascii" : "some_beyond_ascii",
});

interface Costs {
  generate: number;
  compile: number;
  parse: number;
  accept: number;
  split: number;
  prepare: number;
}

interface Round {
  readonly costs: Costs;
  /** CPU of V8's helper threads: garbage collection and compilation. */
  readonly helpers: number;
  readonly bodyBytes: number;
  readonly jsonBytes: number;
}

/** Runs all stages over fresh batches and gives microseconds of this thread's CPU per event. */
function runRound(): Round {
  const [ownBefore, allBefore] = [process.threadCpuUsage(), process.cpuUsage()];
  const costs: Costs = { generate: 0, compile: 0, parse: 0, accept: 0, split: 0, prepare: 0 };
  const batches = Math.ceil(options.events / options.batch);
  let [bodyBytes, jsonBytes] = [0, 0];
  const timed = <T>(stage: keyof Costs, work: () => T): T => {
    const before = process.threadCpuUsage();
    const result = work();
    const { user, system } = process.threadCpuUsage(before);
    costs[stage] += user + system;
    return result;
  };
  for (let i = 0; i < batches; i++) {
    const body = timed("generate", () => generator.batch(options.batch));
    jsonBytes += body.length;
    if (options.way !== "slow") {
      const { events, compiled } = timed("compile", () => compile(body));
      bodyBytes += timed("prepare", () => stages.prepare(events));
      compiler.release(compiled);
      continue;
    }
    const items = timed("parse", () => stages.parse(body));
    const events = timed("accept", () => stages.accept(items));
    const split = timed("split", () => stages.split(events));
    bodyBytes += timed("prepare", () => stages.prepare(split));
  }
  const events = batches * options.batch;
  for (const stage of Object.keys(costs) as (keyof Costs)[]) costs[stage] /= events;
  const [own, all] = [process.threadCpuUsage(ownBefore), process.cpuUsage(allBefore)];
  const helpers = (all.user + all.system - own.user - own.system) / events;
  return { costs, helpers, bodyBytes: bodyBytes / events, jsonBytes: jsonBytes / events };
}

function countUnits(): number {
  const events = stages.split(stages.accept(stages.parse(generator.batch(1_000))));
  let units = 0;
  for (const { core, parts, joint } of events) {
    flattenCore(core, () => units++);
    units += 1 + parts.length + (joint === undefined ? 0 : 1);
  }
  return units / 1_000;
}

const perEvent = (shares: readonly ProfileShare[], events: number): Record<string, number> =>
  Object.fromEntries(shares.slice(0, options.top).map(({ name, us }) => [name, round(us / events)]));

await answerQuestion("CPU of each ingest stage, µs per event", async () => {
  progress("warming up");
  runRound();
  const rounds = Array.from({ length: options.rounds }, (_, i) => {
    progress(`round ${i + 1} of ${options.rounds}`);
    return runRound();
  });
  const best = (stage: keyof Costs): number => round(Math.min(...rounds.map(({ costs }) => costs[stage])));
  const microseconds = {
    compile: best("compile"),
    parse: best("parse"),
    accept: best("accept"),
    split: best("split"),
    prepare: best("prepare"),
  };
  progress("profiling");
  const summary = summarise(await profile(() => void runRound()));
  return {
    microseconds: {
      ...microseconds,
      sum: round(Object.values(microseconds).reduce((sum, one) => sum + one, 0)),
      helperThreads: round(Math.min(...rounds.map(({ helpers }) => helpers))),
      generator: best("generate"),
    },
    units: round(countUnits()),
    bytes: { json: round(rounds[0]!.jsonBytes), journalBody: round(rounds[0]!.bodyBytes) },
    profile: {
      microseconds: round(summary.busyUs / options.events),
      garbageCollection: round(summary.gcUs / options.events),
      byFile: perEvent(summary.files, options.events),
      byFunction: perEvent(summary.functions, options.events),
    },
  };
});
