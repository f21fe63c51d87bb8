import { Session } from "node:inspector/promises";

/** A V8 CPU profile (`.cpuprofile`), as far as summaries need it. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** A share of a profile's busy time. */
export interface ProfileShare {
  readonly name: string;
  readonly us: number;
}

/** A profile added up. */
export interface ProfileSummary {
  /** Time that was not idle, microseconds. */
  readonly busyUs: number;
  readonly idleUs: number;
  /** Garbage collection. */
  readonly gcUs: number;
  /** Self time by file of this repository; what native code and built-ins took counts for the file that called them. */
  readonly files: readonly ProfileShare[];
  /** Self time by function, native ones under their own name and their caller's file. */
  readonly functions: readonly ProfileShare[];
}

const SAMPLE_US = 200;

/** Runs a function under the profiler of this thread. */
export async function profile(work: () => void | Promise<void>): Promise<CpuProfile> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_US });
    await session.post("Profiler.start");
    await work();
    const { profile: made } = await session.post("Profiler.stop");
    return made as CpuProfile;
  } finally {
    session.disconnect();
  }
}

/** A time span on the monotonic clock, microseconds. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The monotonic clock that profiles of all processes of a machine use, microseconds. */
export function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** Adds a profile up by file and by function: all of it, or what lies in a span. */
export function summarise(
  { nodes, samples, timeDeltas, startTime }: CpuProfile,
  span: Span = { fromUs: 0, toUs: Number.POSITIVE_INFINITY },
): ProfileSummary {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  const files = new Map<string, number>();
  const functions = new Map<string, number>();
  const [busy, idle, gc] = [{ us: 0 }, { us: 0 }, { us: 0 }];
  let at = startTime;
  for (const [i, id] of samples.entries()) {
    at += timeDeltas[i] ?? 0;
    if (at < span.fromUs || at > span.toUs) continue;
    // V8 gives the time before a sample; the sample's function ran until the next one.
    const us = timeDeltas[i + 1] ?? 0;
    const { functionName } = byId.get(id)!.callFrame;
    if (functionName === "(idle)") {
      idle.us += us;
      continue;
    }
    busy.us += us;
    if (functionName === "(garbage collector)") gc.us += us;
    const file = ownFile(id, byId, parents);
    add(files, file, us);
    add(functions, `${functionName === "" ? "(anonymous)" : functionName} ${file}`, us);
  }
  return { busyUs: busy.us, idleUs: idle.us, gcUs: gc.us, files: sorted(files), functions: sorted(functions) };
}

/** The file of this repository in which a node, or its nearest caller in the repository, stands. */
function ownFile(start: number, byId: ReadonlyMap<number, ProfileNode>, parents: ReadonlyMap<number, number>): string {
  const { functionName } = byId.get(start)!.callFrame;
  for (let id: number | undefined = start; id !== undefined; id = parents.get(id)) {
    const { url } = byId.get(id)!.callFrame;
    const name = repositoryPath(url);
    if (name !== undefined) return name;
  }
  return functionName.startsWith("(") ? functionName : "(node)";
}

/** Sources may be those of another clone: a path counts from the directory of the house it lies in. */
const IN_HOUSE = /\/((?:packages|apps|bench|scripts)\/.*)$/;
const IN_LIBRARY = /\/node_modules\/(?!@cairn\/)((?:@[^/]+\/)?[^/]+)/;

function repositoryPath(url: string): string | undefined {
  if (url.startsWith("wasm://")) return "wasm";
  if (!url.startsWith("file:")) return undefined;
  return IN_LIBRARY.exec(url)?.[1] ?? IN_HOUSE.exec(url)?.[1];
}

function add(sums: Map<string, number>, name: string, us: number): void {
  sums.set(name, (sums.get(name) ?? 0) + us);
}

function sorted(sums: ReadonlyMap<string, number>): ProfileShare[] {
  return [...sums].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us);
}
