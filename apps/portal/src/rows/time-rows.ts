import type { RecordedEvent } from "@cairn/event";
import type { EventPage, HistogramAnswer, Interval } from "../api/answers.ts";
import type { Api, Scope } from "../api/client.ts";
import { isRefusal, type Problem, problemOf } from "../api/problem.ts";
import { isSamePlace } from "../view/view.ts";
import { createFetcher } from "./fetcher.ts";
import { LOADING_ROWS, type Rows, type RowsState } from "./rows.ts";
import {
  type Bar,
  estimatedSpans,
  finerUnit,
  type Order,
  replaceSpan,
  rowsBefore,
  type Span,
  spanAt,
  spansOf,
  startsOf,
  timeInSpan,
  withHead,
} from "./spans.ts";
import { createStore } from "./store.ts";

/** Rows of the first answer: more than a screen. */
const HEAD_ROWS = 60;
/** The most that one request brings. */
const PAGE_ROWS = 1_000;
/** Rows kept; those farthest from the reader are let go first. */
const KEPT_ROWS = 5_000;

export interface TimeRowsOptions {
  readonly api: Api;
  readonly scope: Scope;
  readonly order: Order;
  /** IANA zone in which days begin. */
  readonly zone: string;
}

interface Known {
  readonly spans: readonly Span[];
  readonly bars: readonly Bar[] | undefined;
  readonly interval: Interval | undefined;
  readonly asOf: string | undefined;
  readonly newsCount: number;
  readonly problem: Problem | undefined;
}

const NOTHING: Known = {
  spans: [],
  bars: undefined,
  interval: undefined,
  asOf: undefined,
  newsCount: 0,
  problem: undefined,
};

/**
 * A list in order of time, of any length: the counts over time say where each row stands, and rows are fetched by the
 * stretch of time that the reader looks at.
 */
export function createTimeRows({ api, scope, order, zone }: TimeRowsOptions): Rows {
  let known = NOTHING;
  let wanted: readonly [first: number, last: number] = [0, HEAD_ROWS];
  let head: EventPage | undefined;
  const store = createStore<RowsState>(LOADING_ROWS);
  const given = new AbortController();
  const show = (next: Known) => {
    known = next;
    store.set(present(known, order));
  };
  const fail = (error: unknown) => {
    const problem = problemOf(error);
    if (problem === undefined || given.signal.aborted) return;
    const isFirst = known.bars === undefined && known.spans.length === 0;
    known = { ...known, problem };
    store.set(isFirst ? { ...LOADING_ROWS, phase: "failed", problem } : present(known, order));
  };
  const fetcher = createFetcher<Span>({
    wanted: () => missing(known.spans, wanted),
    fetch: (span, signal) => fill(span, signal),
    onFailure: fail,
  });

  async function fill(span: Span, signal: AbortSignal): Promise<void> {
    const unit = finerUnit(span.grain);
    if (unit !== undefined) {
      const { buckets } = await api.histogram({ ...scope, ...boundsIn(span), interval: unit, zone }, signal);
      put(span, spansOf(barsOf(buckets), span, unit, order));
    } else if (span.grain !== "fine") put(span, estimatedSpans(span, order));
    else {
      const rows = await fetchAll(span, signal);
      put(span, [{ ...span, rows, count: rows.length }]);
    }
  }

  function put(old: Span, by: readonly Span[]): void {
    const spans = letGo(replaceSpan(known.spans, old, by), wanted);
    show({ ...known, spans, problem: undefined });
  }

  async function fetchAll(span: Span, signal: AbortSignal): Promise<readonly RecordedEvent[]> {
    const rows: RecordedEvent[] = [];
    const ask = { query: scope.query, ...boundsIn(span), order, limit: PAGE_ROWS };
    let page = await api.search(ask, signal);
    rows.push(...page.events);
    while (page.next !== null) {
      page = await api.search({ ...ask, cursor: page.next }, signal);
      rows.push(...page.events);
    }
    return rows;
  }

  async function fetchBars(signal: AbortSignal): Promise<HistogramAnswer> {
    try {
      return await api.histogram({ ...scope, zone }, signal);
    } catch (error) {
      // A log of many years has more days than the server gives bars.
      if (!isRefusal(problemOf(error), "parameter_invalid")) throw error;
      return api.histogram({ ...scope, zone, interval: "month" }, signal);
    }
  }

  async function begin(): Promise<void> {
    try {
      const counting = fetchBars(given.signal);
      // Its failure is heard below; until then nobody listens.
      counting.catch(() => undefined);
      head = await api.search({ ...scope, order, limit: HEAD_ROWS }, given.signal);
      const rows = head.events;
      const whole: Span = { ...bounds(), count: rows.length, grain: "fine", rows };
      if (known.bars === undefined) show({ ...known, spans: [whole], problem: undefined });
      rebuild(await counting, head);
      fetcher.run();
    } catch (error) {
      fail(error);
    }
  }

  const bounds = () => ({ fromMs: scope.fromMs, toMs: scope.toMs });

  function rebuild({ buckets, interval, as_of }: HistogramAnswer, page: EventPage): void {
    const bars = barsOf(buckets);
    const counted = spansOf(bars, bounds(), interval, order);
    const spans =
      page.next === null
        ? [{ ...bounds(), count: page.events.length, grain: "fine" as const, rows: page.events }]
        : withHead(counted, page.events, order);
    show({ spans, bars, interval, asOf: JSON.stringify(as_of), newsCount: 0, problem: undefined });
  }

  async function look(placement: "top" | "further-down"): Promise<void> {
    try {
      const top = await api.search({ ...scope, order, limit: HEAD_ROWS }, given.signal);
      // Behind a wall nobody says how far search is.
      const isSame = top.as_of !== null && JSON.stringify(top.as_of) === known.asOf;
      if (isSame && known.problem === undefined && (placement === "further-down" || known.newsCount === 0)) return;
      const counts = await fetchBars(given.signal);
      const newsCount = sumOf(barsOf(counts.buckets)) - sumOf(known.bars ?? []);
      if (placement === "top" || newsCount === 0) {
        if (newsCount === 0 && known.bars !== undefined)
          show({ ...known, asOf: JSON.stringify(counts.as_of), newsCount: 0, problem: undefined });
        else rebuild(counts, keepEvents(top, head));
        head = top;
        fetcher.run();
      } else show({ ...known, asOf: JSON.stringify(counts.as_of), newsCount, problem: undefined });
    } catch (error) {
      fail(error);
    }
  }

  void begin();
  return {
    state: store.get,
    subscribe: store.subscribe,
    need(first, last) {
      wanted = [first, last];
      if (known.bars !== undefined) fetcher.run();
    },
    look,
    close() {
      given.abort();
      fetcher.close();
    },
  };
}

/** Events that are shown already stay the same objects: their rows are not drawn again. */
function keepEvents(page: EventPage, before: EventPage | undefined): EventPage {
  const events = page.events.map((event) => before?.events.find((known) => isSamePlace(known, event)) ?? event);
  return { ...page, events };
}

function boundsIn({ fromMs, toMs }: Span) {
  return { fromMs, toMs };
}

function barsOf(buckets: HistogramAnswer["buckets"]): readonly Bar[] {
  return buckets.map(({ from, count }) => ({ fromMs: Date.parse(from), count }));
}

function sumOf(bars: readonly Bar[]): number {
  return bars.reduce((sum, { count }) => sum + count, 0);
}

/** The spans that the reader looks at and that have no rows yet, those in the middle first. */
function missing(spans: readonly Span[], [first, last]: readonly [number, number]): readonly Span[] {
  const starts = startsOf(spans);
  const found: { readonly span: Span; readonly distance: number }[] = [];
  for (let at = spanAt(starts, Math.max(0, first)); at < spans.length && (starts[at] ?? 0) <= last; at++) {
    const span = spans[at];
    if (span === undefined || span.rows !== undefined || span.count === 0) continue;
    const middle = (first + last) / 2;
    const [start, end] = [starts[at] ?? 0, starts[at + 1] ?? 0];
    found.push({ span, distance: middle < start ? start - middle : middle > end ? middle - end : 0 });
  }
  return found.sort((a, b) => a.distance - b.distance).map(({ span }) => span);
}

/** Forgets the rows farthest from the reader when there are too many of them. */
function letGo(spans: readonly Span[], [first, last]: readonly [number, number]): readonly Span[] {
  let kept = spans.reduce((sum, { rows }) => sum + (rows?.length ?? 0), 0);
  if (kept <= KEPT_ROWS) return spans;
  const starts = startsOf(spans);
  const middle = (first + last) / 2;
  const far = spans
    .map((span, at) => ({ span, at, distance: Math.abs((starts[at] ?? 0) + span.count / 2 - middle) }))
    // The first span stays: it is what a reader comes back to, and what new events are put on.
    .filter(({ span, at }) => at > 0 && span.rows !== undefined)
    .sort((a, b) => b.distance - a.distance);
  const next = [...spans];
  for (const { span, at } of far) {
    if (kept <= KEPT_ROWS / 2 || ((starts[at] ?? 0) <= last + PAGE_ROWS && (starts[at + 1] ?? 0) >= first - PAGE_ROWS))
      break;
    next[at] = { ...span, rows: undefined };
    kept -= span.rows?.length ?? 0;
  }
  return next;
}

function present({ spans, bars, interval, newsCount, problem }: Known, order: Order): RowsState {
  const starts = startsOf(spans);
  const length = starts.at(-1) ?? 0;
  const nowMs = Date.now();
  const locate = (index: number) => {
    const at = spanAt(starts, index);
    const span = spans[at];
    return span === undefined ? undefined : { span, offset: index - (starts[at] ?? 0) };
  };
  return {
    phase: "ready",
    problem,
    length,
    total: bars === undefined ? null : { count: sumOf(bars), exact: true },
    bars,
    interval,
    newsCount,
    isWhole: bars !== undefined && spans.every(({ rows }) => rows !== undefined),
    at(index) {
      const found = index < 0 || index >= length ? undefined : locate(index);
      return found?.span.rows?.[found.offset];
    },
    timeAt(index) {
      const found = locate(Math.max(0, Math.min(index, length - 1)));
      return found === undefined ? undefined : timeInSpan(found.span, found.offset, { nowMs, order });
    },
    indexAt(ms) {
      const at = spans.findIndex(({ fromMs, toMs }) =>
        order === "desc" ? fromMs === undefined || fromMs <= ms : toMs === undefined || toMs > ms,
      );
      const span = spans[at];
      if (span === undefined) return Math.max(0, length - 1);
      return Math.min(Math.max(0, length - 1), (starts[at] ?? 0) + rowsBefore(span, ms, { nowMs, order }));
    },
    indexOf(place) {
      for (const [at, { rows }] of spans.entries()) {
        const offset = rows?.findIndex((event) => isSamePlace(event, place)) ?? -1;
        if (offset >= 0) return (starts[at] ?? 0) + offset;
      }
      return -1;
    },
  };
}
