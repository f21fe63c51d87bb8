import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_PERSON_TARGET_TYPES, findPeople, parseBatch, splitEvent } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import {
  commitHeads,
  createTenant,
  EVENT_LOG,
  EventReader,
  initialiseInstance,
  instancePaths,
  openReaderSide,
  openWriterSide,
  prepareBatch,
  receiptTimeMs,
  Sealer,
  Segmenter,
  splitOf,
  swapSegment,
  systemClock,
  type WriterSide,
} from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { RowEncoder } from "@cairn/search";
import { createEventGenerator } from "@cairn/testkit";
import { readOptions } from "./lib/options.ts";
import { type ProfileShare, profile, summarise } from "./lib/profile.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";

// What does each stage behind the commit cost, in CPU time of one thread, without server and search engine: reading the
// journal, making rows for the index, moving into segments, reading those? `--reader events` reads one by one.

const options = readOptions({
  events: 131_072,
  batch: 500,
  rounds: 3,
  block: 25_000,
  names: "some_beyond_ascii",
  reader: "columns",
  top: 25,
});
const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);
const kernel = createHashKernel();

function fill(side: WriterSide, tenantNo: number): void {
  const generator = createEventGenerator({
    seed: 1,
    times: { kind: "live", nowMs: Date.now },
    names: options.names === "ascii" ? "ascii" : "some_beyond_ascii",
  });
  const { origin } = side.writer.log(tenantNo, EVENT_LOG);
  const { fingerprintKey } = side.keyring.tenantKeys(tenantNo);
  const [monthRef = ""] = side.keyring.resolvePeople(tenantNo, [[{ namespace: "month", value: "2026-03" }]]);
  const refs = new Map<string, string>();
  for (let events = 0; events < options.events; events += options.batch) {
    const split = parseBatch(generator.batch(options.batch), "json").map((item) => {
      if (item.kind === "refused") throw item.error;
      const { event } = acceptEvent(item.value, { nowMs: 0, defaultSource: "api", describeAction: () => undefined });
      const whole = { ...event, id: event.id! };
      const resolve = ({
        identifiers,
      }: {
        readonly identifiers: readonly { readonly namespace: string; readonly value: string }[];
      }) => {
        const key = JSON.stringify(identifiers[0]);
        const ref = refs.get(key) ?? side.keyring.resolvePeople(tenantNo, [identifiers])[0]!;
        refs.set(key, ref);
        return ref;
      };
      return splitEvent(whole, findPeople(whole, personTypes), { resolve, monthRef, personalPointers: [] });
    });
    side.writer.commit([{ batch: prepareBatch(split, { tenantNo, origin, fingerprintKey, kernel }), mode: "each" }]);
  }
}

interface Costs {
  read: number;
  encode: number;
  rowBytes: number;
}

/** Reads everything and makes rows of it, a block at a time. */
function readAll(reader: EventReader, tenantNo: number, encoder: RowEncoder): Costs {
  const costs: Costs = { read: 0, encode: 0, rowBytes: 0 };
  const clock = () => {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  };
  let last = clock();
  const lap = (stage: "read" | "encode"): void => {
    const now = clock();
    costs[stage] += (now - last) / options.events;
    last = now;
  };
  const take = (): void => {
    const { block } = encoder.take();
    costs.rowBytes += block.length / options.events;
  };
  const range = { first: 0, count: options.events };
  if (options.reader === "columns") {
    for (const columns of reader.columns(tenantNo, 1, range)) {
      lap("read");
      encoder.addColumns(columns);
      if (encoder.count >= options.block) take();
      lap("encode");
    }
  } else {
    for (let first = 0; first < options.events; first += 500) {
      const events = reader.range(tenantNo, 1, { first, count: Math.min(500, options.events - first) });
      lap("read");
      for (const event of events) {
        const { ledger, sequence, entry } = event;
        encoder.add({ tenantNo, ledger, sequence, receivedAtMs: receiptTimeMs(entry), split: splitOf(event) });
      }
      if (encoder.count >= options.block) take();
      lap("encode");
    }
  }
  take();
  lap("encode");
  return costs;
}

async function best(reader: EventReader, tenantNo: number) {
  const encoder = new RowEncoder();
  readAll(reader, tenantNo, encoder);
  const rounds = Array.from({ length: options.rounds }, () => readAll(reader, tenantNo, encoder));
  const summary = summarise(await profile(() => void readAll(reader, tenantNo, encoder)));
  const perEvent = (shares: readonly ProfileShare[]): Record<string, number> =>
    Object.fromEntries(shares.slice(0, options.top).map(({ name, us }) => [name, round(us / options.events)]));
  return {
    read: round(Math.min(...rounds.map(({ read }) => read))),
    encode: round(Math.min(...rounds.map(({ encode }) => encode))),
    rowBytes: round(rounds[0]!.rowBytes),
    garbageCollection: round(summary.gcUs / options.events),
    byFunction: perEvent(summary.functions),
  };
}

await answerQuestion("CPU of each stage behind the commit, µs per event", async () => {
  const directory = mkdtempSync(join(process.env.CAIRN_BENCH_DIR ?? tmpdir(), "cairn-rows-"));
  const paths = instancePaths(join(directory, "data"));
  initialiseInstance(paths);
  const side = openWriterSide(paths, systemClock);
  const readSide = openReaderSide(paths);
  try {
    const projectNo = side.registry.createProject("default", { name: "Default", nowMs: Date.now() });
    const tenantNo = createTenant(side, { projectNo, id: "acme" }).no;
    progress("filling the journal");
    fill(side, tenantNo);
    const sealer = new Sealer({ db: side.db, signingSecret: side.secrets.signingSecret, kernel });
    for (let update = sealer.seal(side.writer.log(tenantNo, EVENT_LOG)); update !== undefined; ) {
      commitHeads(side.db, [update], Date.now());
      update = sealer.seal(side.writer.log(tenantNo, EVENT_LOG));
    }
    progress("reading the journal");
    const journal = await best(new EventReader(readSide), tenantNo);
    progress("writing segments");
    const segmenter = new Segmenter({ ...readSide, kernel });
    let segmentBytes = 0;
    const write = async (): Promise<void> => {
      for (;;) {
        const swap = segmenter.build(side.writer.log(tenantNo, EVENT_LOG));
        if (swap === undefined) break;
        segmentBytes += swap.info.bytes;
        swapSegment(side.db, swap);
      }
    };
    let writing = 0;
    const summary = summarise(
      await profile(async () => {
        const before = process.threadCpuUsage();
        await write();
        const { user, system } = process.threadCpuUsage(before);
        writing = (user + system) / options.events;
      }),
    );
    progress("reading segments");
    const segments = await best(new EventReader(readSide), tenantNo);
    return {
      journal,
      segmenting: {
        cpu: round(writing),
        bytes: round(segmentBytes / options.events),
        garbageCollection: round(summary.gcUs / options.events),
        byFunction: Object.fromEntries(
          summary.functions.slice(0, options.top).map(({ name, us }) => [name, round(us / options.events)]),
        ),
      },
      segments,
    };
  } finally {
    readSide.close();
    side.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
