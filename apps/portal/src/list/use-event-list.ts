import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import type { Api } from "../api/client.ts";
import { isRefusal, problemOf } from "../api/problem.ts";
import { changeList, EMPTY_LIST, type EventList } from "./event-list.ts";

const PAGE_EVENTS = 50;
/** How often a list that is looked at is asked for again: recording and sealing take about a second. */
const LOOK_AGAIN_MS = 5_000;
const RETRY_MS = 3_000;

export interface EventListHandle {
  readonly list: EventList;
  /** Fetches the next page, if there is one and none is on the way. */
  readonly loadMore: () => void;
  /** Asks again from the beginning. */
  readonly reload: () => void;
}

/** Keeps the list of a query: fetches it, follows it while the page is visible, comes back after the server was away. */
export function useEventList(api: Api, query: string, isAtTop: () => boolean): EventListHandle {
  const [list, change] = useReducer(changeList, EMPTY_LIST);
  const [round, setRound] = useState(0);
  const latest = useRef(list);
  const more = useRef<AbortController>(undefined);
  useEffect(() => {
    latest.current = list;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks the same again
  useEffect(() => {
    const given = new AbortController();
    change({ type: "asked", query });
    more.current?.abort();
    api.search({ query, limit: PAGE_EVENTS }, given.signal).then(
      (page) => change({ type: "answered", page }),
      (error: unknown) => {
        const problem = problemOf(error);
        if (problem !== undefined) change({ type: "failed", problem });
      },
    );
    return () => given.abort();
  }, [api, query, round]);

  const reload = useCallback(() => setRound((previous) => previous + 1), []);
  useRetry(list, reload);
  useLookingAgain(list, async (signal) => {
    try {
      const page = await api.search({ query, limit: PAGE_EVENTS }, signal);
      if (!signal.aborted) change({ type: "looked-again", page, placement: isAtTop() ? "top" : "further-down" });
    } catch (error) {
      const problem = problemOf(error);
      if (problem !== undefined) change({ type: "failed", problem });
    }
  });

  const loadMore = useCallback(() => {
    const { phase, next, isLoadingMore } = latest.current;
    if (phase !== "ready" || next === null || isLoadingMore) return;
    const given = new AbortController();
    more.current = given;
    change({ type: "asked-more" });
    api.search({ query, cursor: next, limit: PAGE_EVENTS }, given.signal).then(
      (page) => change({ type: "answered-more", page, cursor: next }),
      (error: unknown) => {
        const problem = problemOf(error);
        if (problem === undefined) return;
        // A cursor does not outlive a restored server; begin again rather than stop in the middle.
        if (isRefusal(problem, "cursor_invalid")) reload();
        else change({ type: "failed", problem });
      },
    );
  }, [api, query, reload]);

  return { list, loadMore, reload };
}

/** Asks again by itself where that may help: nobody answered, or the server said when to come back. */
function useRetry(list: EventList, reload: () => void): void {
  const { phase, problem } = list;
  useEffect(() => {
    if (phase !== "failed" || problem === undefined) return;
    const isPassing = problem.kind === "unreachable" || problem.retryAfterSeconds !== undefined;
    if (!isPassing) return;
    const seconds = problem.kind === "refused" ? problem.retryAfterSeconds : undefined;
    const timer = setTimeout(reload, seconds === undefined ? RETRY_MS : seconds * 1_000);
    return () => clearTimeout(timer);
  }, [phase, problem, reload]);
}

/** Calls `look` every few seconds while the list is shown and somebody can see it. */
function useLookingAgain(list: EventList, look: (signal: AbortSignal) => Promise<void>): void {
  const latest = useRef(look);
  useEffect(() => {
    latest.current = look;
  });
  const isShown = list.phase === "ready";
  useEffect(() => {
    if (!isShown) return;
    const given = new AbortController();
    let isLooking = false;
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible" || isLooking) return;
      isLooking = true;
      void latest.current(given.signal).finally(() => {
        isLooking = false;
      });
    }, LOOK_AGAIN_MS);
    return () => {
      clearInterval(timer);
      given.abort();
    };
  }, [isShown]);
}
