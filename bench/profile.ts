import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { liveEvents } from "./lib/generators.ts";
import { closedLoop, paced } from "./lib/load.ts";
import { measure } from "./lib/measure.ts";
import { readOptions } from "./lib/options.ts";
import { type CpuProfile, type ProfileShare, type ProfileSummary, summarise } from "./lib/profile.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { projectKey, startServer } from "./lib/server.ts";

// Where does each thread of the server spend its CPU time while it takes events in? The shares come from V8's profiler,
// which samples by the wall clock; they are scaled to the CPU time that the kernel counted for the thread. `--keep`
// names a directory for the raw profiles, which Chrome's developer tools open.

const options = readOptions({
  seconds: 15,
  "warm-up": 5,
  connections: 8,
  batch: 500,
  rate: 0,
  /** Makes that many tenants first and sends to them in turn. */
  tenants: 0,
  top: 20,
  keep: "",
  names: "some_beyond_ascii",
});

const FILES_OF_THREAD = /\/threads\/([a-z-]+)-thread\.ts$/;

function threadName({ nodes }: CpuProfile): string {
  for (const { callFrame } of nodes) {
    const [, name] = FILES_OF_THREAD.exec(callFrame.url) ?? [];
    if (name !== undefined) return name;
  }
  return "main";
}

function describe(thread: string, { busyUs, idleUs, gcUs, files, functions }: ProfileSummary, usPerEvent: number) {
  const share = (us: number): number => round((us / busyUs) * usPerEvent);
  const table = (shares: readonly ProfileShare[]): Record<string, number> =>
    Object.fromEntries(shares.slice(0, options.top).map(({ name, us }) => [name, share(us)]));
  return {
    thread,
    busyPercent: round((100 * busyUs) / (busyUs + idleUs)),
    usPerEvent,
    garbageCollection: share(gcUs),
    byFile: table(files),
    byFunction: table(functions),
  };
}

await answerQuestion("where each thread spends its time during ingest", async () => {
  const isKept = options.keep !== "";
  const directory = isKept ? resolve(options.keep) : mkdtempSync(join(tmpdir(), "cairn-profile-"));
  mkdirSync(directory, { recursive: true });
  try {
    const server = await startServer({
      nodeArgs: ["--cpu-prof", `--cpu-prof-dir=${directory}`, "--cpu-prof-interval=500"],
    });
    const load = {
      port: server.port,
      key: options.tenants === 0 ? server.key : await projectKey(server),
      batch: options.batch,
      connections: options.connections,
      generator: liveEvents({ names: options.names, tenants: options.tenants }),
    };
    if (options.tenants > 0) {
      progress("making the tenants");
      await closedLoop({ ...load, batch: 100, connections: 4, maxEvents: options.tenants }).finished;
    }
    const start = () =>
      options.rate === 0 ? closedLoop(load) : paced({ ...load, eventsPerSecond: options.rate, connections: 64 });
    const measured = await measure(server, start, {
      seconds: options.seconds,
      warmUpSeconds: options["warm-up"],
    });
    progress("writing profiles");
    await server.stop();
    const threads = readdirSync(directory).map((file) => {
      const profile = JSON.parse(readFileSync(join(directory, file), "utf8")) as CpuProfile;
      const thread = threadName(profile);
      return describe(thread, summarise(profile, measured.span), measured.cpuUsPerEvent[thread] ?? 0);
    });
    return { measured, threads: threads.sort((a, b) => b.usPerEvent - a.usPerEvent) };
  } finally {
    if (!isKept) rmSync(directory, { recursive: true, force: true });
  }
});
