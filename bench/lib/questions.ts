import type { Report } from "./report.ts";

/** A row of the table in docs/performance.md. */
export interface Question {
  /** The benchmark that answers it: `bench/<file>.ts`. */
  readonly file: string;
  readonly text: string;
  readonly unit: string;
  readonly goal: number;
  /** Worse than this counts as not done; undefined where the issue names none. */
  readonly limit: number;
  readonly better: "more" | "less";
  /** Takes the number out of the benchmark's results. */
  read(results: Results): number;
}

/** Results of any benchmark: JSON. */
export type Results = Report["results"];

/** Every question, in the order of the table. */
export const QUESTIONS: readonly Question[] = [
  {
    file: "ingest",
    text: "sustained ingest over HTTP, batches of 500, acknowledged durable, field-level commitments, indexed",
    unit: "events/s",
    goal: 50_000,
    limit: 20_000,
    better: "more",
    read: (results) => numberAt(results, "eventsPerSecond"),
  },
  {
    file: "single",
    text: "single-event requests, 64 connections",
    unit: "requests/s",
    goal: 6_000,
    limit: 3_000,
    better: "more",
    read: (results) => numberAt(results, "requestsPerSecond"),
  },
  {
    file: "ack-latency",
    text: "acknowledgement at 2,000 events/s, p99",
    unit: "ms",
    goal: 25,
    limit: 60,
    better: "less",
    read: (results) => numberAt(results, "worstP99Ms"),
  },
  {
    file: "index-lag",
    text: "index lag at 15,000 events/s, p99",
    unit: "ms",
    goal: 1_000,
    limit: 3_000,
    better: "less",
    read: (results) => numberAt(results, "searchableAfterMs", "p99"),
  },
  {
    file: "search",
    text: "newest 50 by any one filter, or a rare word, among 10 million events, p95",
    unit: "ms",
    goal: 60,
    limit: 150,
    better: "less",
    read: (results) => numberAt(results, "worstFilter", "p95Ms"),
  },
  {
    file: "search",
    text: "histogram and facets over one tenant of 3 million, p95",
    unit: "ms",
    goal: 150,
    limit: 400,
    better: "less",
    read: (results) => numberAt(results, "worstViewP95Ms"),
  },
  {
    file: "disk",
    text: "everything on disk per event after segmenting",
    unit: "bytes",
    goal: 260,
    limit: 400,
    better: "less",
    read: (results) => numberAt(results, "bytesPerEvent"),
  },
  {
    file: "verify",
    text: "offline verification",
    unit: "entries/s",
    goal: 150_000,
    limit: 60_000,
    better: "more",
    read: (results) => numberAt(results, "entriesPerSecond"),
  },
  {
    file: "ingest",
    text: "peak memory of all processes during the ingest run",
    unit: "MiB",
    goal: 1_229,
    limit: 2_048,
    better: "less",
    read: (results) => numberAt(results, "peakMemoryMiB", "sum"),
  },
  {
    file: "tenants",
    text: "10,000 tenants, bursts of an event a second each: acknowledgement, p99",
    unit: "ms",
    goal: 250,
    limit: 250,
    better: "less",
    read: (results) => numberAt(results, "latencyMs", "p99"),
  },
  {
    file: "protocols",
    text: "the slowest protocol of others, beside the same events by `POST /v1/events`",
    unit: "times slower",
    goal: 3,
    limit: 3,
    better: "less",
    read: (results) => numberAt(results, "worstTimesSlower"),
  },
  {
    file: "portal",
    text: "the page in a browser: first list of a million events, from nothing, p95",
    unit: "ms",
    goal: 1_000,
    limit: 1_000,
    better: "less",
    read: (results) => numberAt(results, "firstListMs", "p95"),
  },
  {
    file: "portal",
    text: "the page in a browser: from Enter to the events of any one filter of a million, p95",
    unit: "ms",
    goal: 300,
    limit: 300,
    better: "less",
    read: (results) => numberAt(results, "worstFilter", "p95Ms"),
  },
];

/** Says how a number stands against its goal. */
export function judge({ goal, limit, better }: Question, value: number): "goal reached" | "done" | "not done" {
  const reaches = (bound: number): boolean => (better === "more" ? value >= bound : value <= bound);
  if (reaches(goal)) return "goal reached";
  return reaches(limit) ? "done" : "not done";
}

/** Reads a number out of results. @throws Error when there is none */
export function numberAt(results: unknown, ...path: readonly string[]): number {
  let value = results;
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  if (typeof value !== "number") throw new Error(`the results have no number ${path.join(".")}`);
  return value;
}
