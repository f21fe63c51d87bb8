import { type EventInput, formatTime, type Json } from "@cairn/event";
import { AUDIT_TRAIL_CAP, auditTrailGap } from "@cairn/sources";
import type { Collected, CollectorParts, Look } from "../collector.ts";
import type { RingCentralApi } from "./api.ts";
import { type AuditState, auditStateOf, type Sweep, type Window } from "./audit-state.ts";
import { grown, growthWarning, intervalFor } from "./growth.ts";
import { findSharedLogins } from "./shared-logins.ts";

/** What a collector of the audit trail is told. */
export interface AuditTrailOptions {
  /** Turns a page into events. */
  readonly map: CollectorParts["map"];
  /** Where to begin, Unix milliseconds; as far back as RingCentral goes when absent. */
  readonly startMs?: number | undefined;
  /** Time between two passages, unless the account grows too fast. */
  readonly intervalMs: number;
}

const DAY_MS = 86_400_000;
/** Records become visible some minutes after they happened; what is seen twice is told by its id. */
const OVERLAP_MS = 10 * 60_000;
const PER_PAGE = 1_000;
/** Ten heavy calls a minute, and the loop spreads its waits by a tenth. */
const CALL_MS = 6_700;
/** A stretch so short is read as it is, however much it holds. */
const SHORTEST_WINDOW_MS = 1_000;
/** Ids remembered of the overlap; beyond it the ledger tells them apart, too. */
const MAX_TAIL = 2_000;

interface PageRead {
  readonly times: readonly number[];
  readonly totalFound: number;
  readonly isLast: boolean;
}

/**
 * Reads one page of the audit trail. A passage reads all since the last one: a stretch that holds as much as a search can find
 * is halved, because nobody knows whether there is more.
 * @throws OutboundError
 */
export async function collectAuditTrail(
  api: RingCentralApi,
  look: Look,
  options: AuditTrailOptions,
): Promise<Collected> {
  const state = auditStateOf(look.checkpoint);
  const sweep = state.sweep ?? beginSweep(state, look.nowMs, options);
  const window = sweep.windows[0] ?? sweep;
  const answer = await api.searchAuditTrail(
    {
      eventTimeFrom: formatTime(window.fromMs),
      eventTimeTo: formatTime(window.toMs),
      page: sweep.page,
      perPage: PER_PAGE,
    },
    look.signal,
  );
  const read = readPage(answer.value, sweep.page);
  const said = sweep.said ?? read.totalFound;
  const { pauseMs } = answer;
  const waitMs = Math.max(CALL_MS, pauseMs);
  if (read.totalFound >= AUDIT_TRAIL_CAP.records && window.toMs - window.fromMs > SHORTEST_WINDOW_MS) {
    const halved = {
      ...sweep,
      said,
      windows: [...halves(window), ...sweep.windows.slice(1)],
      page: 1,
      readOfWindow: 0,
    };
    return { events: [], state: asJson({ ...state, sweep: halved }), nextInMs: waitMs, pauseMs, warnings: [] };
  }
  const { events: mapped, refused } = await options.map(answer.text);
  const seen = new Set(state.seen);
  const events = mapped.filter(({ id }) => id === undefined || !seen.has(id));
  const next = advance({ ...sweep, said }, window, { read, events: mapped });
  const found = findSharedLogins(state.logins, events);
  const times = events.map(({ occurred_at: time }) => Date.parse(time ?? "")).filter((timeMs) => !Number.isNaN(timeMs));
  const after: AuditState = { ...state, growth: grown(state.growth, times, look.nowMs), logins: found.logins };
  const warnings = warningsOf(after, window, read);
  if (next.windows.length > 0)
    return {
      ...{ events: [...events, ...found.events], refused, warnings },
      ...{ state: asJson({ ...after, sweep: next }), nextInMs: waitMs, pauseMs },
    };
  const gap = gapOf(state, next, options);
  const { sweep: _done, ...rest } = after;
  return {
    events: [...(gap === undefined ? [] : [gap]), ...events, ...found.events],
    refused,
    state: asJson({ ...rest, coveredToMs: sweep.toMs, seen: next.tail }),
    nextInMs: Math.max(waitMs, intervalFor(after.growth, options.intervalMs)),
    pauseMs,
    warnings,
  };
}

function beginSweep({ coveredToMs }: AuditState, nowMs: number, { startMs = 0 }: AuditTrailOptions): Sweep {
  const oldestMs = nowMs - AUDIT_TRAIL_CAP.days * DAY_MS;
  const fromMs = Math.max(oldestMs, coveredToMs === undefined ? startMs : coveredToMs - OVERLAP_MS);
  const window: Window = { fromMs: Math.min(fromMs, nowMs), toMs: nowMs };
  return { ...window, windows: [window], page: 1, readOfWindow: 0, counted: 0, tail: [] };
}

function halves({ fromMs, toMs }: Window): readonly Window[] {
  const middleMs = Math.floor((fromMs + toMs) / 2);
  // Whether the end of a stretch belongs to it is not said anywhere: both halves ask for the middle.
  return [
    { fromMs, toMs: middleMs },
    { fromMs: middleMs, toMs },
  ];
}

function readPage(value: Json, page: number): PageRead {
  const { records, paging } = value as { readonly records?: unknown; readonly paging?: Record<string, unknown> };
  const list = (Array.isArray(records) ? records : []) as readonly ({ readonly [member: string]: unknown } | null)[];
  const times = list.map((record) => Date.parse(String(record?.eventTime))).filter((timeMs) => !Number.isNaN(timeMs));
  const totalFound = Number(paging?.totalFound) || list.length;
  const pages = Number(paging?.total) || Math.ceil(totalFound / PER_PAGE);
  return { times, totalFound, isLast: list.length === 0 || page >= pages };
}

/** Goes on to the next page or the next window. A window of which less came than was said is read once more. */
function advance(
  sweep: Sweep,
  window: Window,
  { read, events }: { readonly read: PageRead; readonly events: readonly EventInput[] },
): Sweep {
  const isEnd = window.toMs === sweep.toMs;
  const counted = read.times.filter((timeMs) => timeMs < window.toMs || isEnd).length;
  const late = events.filter(({ occurred_at: time }) => Date.parse(time ?? "") >= sweep.toMs - OVERLAP_MS);
  const tail = new Set([...sweep.tail, ...late.flatMap(({ id }) => (id === undefined ? [] : [id]))]);
  const oldestMs = Math.min(sweep.oldestMs ?? Number.POSITIVE_INFINITY, ...read.times);
  const readOfWindow = sweep.readOfWindow + read.times.length;
  const after: Sweep = {
    ...sweep,
    ...(Number.isFinite(oldestMs) ? { oldestMs } : {}),
    readOfWindow,
    counted: sweep.counted + (sweep.isSecondTry === true ? 0 : counted),
    tail: [...tail].slice(-MAX_TAIL),
  };
  if (!read.isLast) return { ...after, page: sweep.page + 1 };
  if (readOfWindow < read.totalFound && sweep.isSecondTry !== true)
    return { ...after, page: 1, readOfWindow: 0, isSecondTry: true };
  const { isSecondTry: _done, ...rest } = after;
  return { ...rest, windows: sweep.windows.slice(1), page: 1, readOfWindow: 0 };
}

function warningsOf({ growth }: AuditState, window: Window, { totalFound }: PageRead): string[] {
  const crowded =
    totalFound < AUDIT_TRAIL_CAP.records
      ? undefined
      : `between ${formatTime(window.fromMs)} and ${formatTime(window.toMs)} there are more records than a search finds`;
  return [growthWarning(growth), crowded].filter((warning) => warning !== undefined);
}

/**
 * Tells what was let go of before it was read. The account is full when RingCentral speaks of as many records as it holds and
 * no more turn up in shorter stretches.
 */
function gapOf(
  { coveredToMs }: AuditState,
  { said = 0, counted, oldestMs, fromMs, toMs }: Sweep,
  { startMs }: AuditTrailOptions,
): EventInput | undefined {
  const isFull = said >= AUDIT_TRAIL_CAP.records && counted <= AUDIT_TRAIL_CAP.records;
  return auditTrailGap({
    newestKnownMs: coveredToMs ?? startMs ?? fromMs,
    oldestThereMs: oldestMs ?? fromMs,
    totalFound: isFull ? said : 0,
    nowMs: toMs,
  });
}

function asJson(state: AuditState): Json {
  return state as unknown as Json;
}
