import { parseQuery, QueryError } from "@cairn/event";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Api } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";
import { boundsOf, type TimeRange } from "../view/range.ts";
import type { Sort } from "../view/view.ts";
import { createPagedRows } from "./paged-rows.ts";
import { LOADING_ROWS, type Rows, type RowsState } from "./rows.ts";
import { createTimeRows } from "./time-rows.ts";

/** How often a list that is looked at is asked for again: recording and sealing take about a second. */
const LOOK_AGAIN_MS = 4_000;
const RETRY_MS = 3_000;

export interface RowsAsk {
  readonly api: Api;
  readonly query: string;
  readonly range: TimeRange;
  /** IANA zone in which days begin. */
  readonly zone: string;
  readonly sort: Sort;
}

export interface RowsHandle {
  readonly state: RowsState;
  readonly rows: Rows | undefined;
  /** The moment that "the last 7 days" are counted from. */
  readonly askedAtMs: number;
  /** Whether the state answers what is asked now: what is less urgent than the list waits for that. */
  readonly isAnswered: boolean;
  /** Asks again from the beginning. */
  readonly reload: () => void;
}

/** Keeps the list of a view: fetches it, comes back after the server was away. A mistake in the query is told at once. */
export function useRows({ api, query, range, zone, sort }: RowsAsk): RowsHandle {
  const [round, setRound] = useState(0);
  const [open, setOpen] = useState<{ readonly rows: Rows; readonly askedAtMs: number; readonly key: string }>();
  const [fault, setFault] = useState<Problem>();
  const rangeKey = JSON.stringify(range);
  const { field, order } = sort;
  const key = JSON.stringify([query, rangeKey, zone, field, order]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks the same again; a range is its text
  useEffect(() => {
    const askedAtMs = Date.now();
    const wrong = faultOf(query, askedAtMs);
    setFault(wrong);
    if (wrong !== undefined) return;
    const scope = { query, ...boundsOf(range, askedAtMs) };
    const rows =
      field === "occurred_at"
        ? createTimeRows({ api, scope, order, zone })
        : createPagedRows({ api, scope, sort: { field, order } });
    setOpen({ rows, askedAtMs, key });
    return () => rows.close();
  }, [api, query, rangeKey, zone, field, order, round]);

  const refused = useMemo<RowsState | undefined>(
    () => (fault === undefined ? undefined : { ...LOADING_ROWS, phase: "failed", problem: fault }),
    [fault],
  );
  const rows = open?.rows;
  const state = useSyncExternalStore(rows?.subscribe ?? subscribeToNothing, rows?.state ?? nothing);
  const reload = useCallback(() => setRound((previous) => previous + 1), []);
  useRetry(state, reload);
  return {
    state: refused ?? state,
    rows: fault === undefined ? rows : undefined,
    askedAtMs: open?.askedAtMs ?? 0,
    isAnswered: fault === undefined && open?.key === key && state.phase !== "loading",
    reload,
  };
}

const subscribeToNothing = () => () => undefined;
const nothing = () => LOADING_ROWS;

/** The mistake in a query as the server would tell it: both read it with the same parser. */
function faultOf(query: string, nowMs: number): Problem | undefined {
  try {
    parseQuery(query, { nowMs });
    return undefined;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return {
      kind: "refused",
      status: 400,
      code: error.code,
      message: error.message,
      fix: undefined,
      place: { offset: error.place.offset ?? 0, length: error.place.length ?? 0 },
      retryAfterSeconds: undefined,
      requestId: undefined,
    };
  }
}

/** Asks again by itself where that may help: nobody answered, or the server said when to come back. */
function useRetry({ phase, problem }: RowsState, reload: () => void): void {
  useEffect(() => {
    if (phase !== "failed" || problem === undefined) return;
    const isPassing = problem.kind === "unreachable" || problem.retryAfterSeconds !== undefined;
    if (!isPassing) return;
    const seconds = problem.kind === "refused" ? problem.retryAfterSeconds : undefined;
    const timer = setTimeout(reload, seconds === undefined ? RETRY_MS : seconds * 1_000);
    return () => clearTimeout(timer);
  }, [phase, problem, reload]);
}

/** Looks for what came in, every few seconds while somebody can see the list and lets it follow. */
export function useFollowing(
  rows: Rows | undefined,
  { isOn, isAtTop }: { readonly isOn: boolean; readonly isAtTop: () => boolean },
): void {
  useEffect(() => {
    if (rows === undefined || !isOn) return;
    let isLooking = false;
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible" || isLooking || rows.state().phase !== "ready") return;
      isLooking = true;
      void rows.look(isAtTop() ? "top" : "further-down").finally(() => {
        isLooking = false;
      });
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [rows, isOn, isAtTop]);
}
