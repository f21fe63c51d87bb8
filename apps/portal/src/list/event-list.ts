import type { RecordedEvent } from "@cairn/event";
import type { EventPage, Total } from "../api/answers.ts";
import type { Problem } from "../api/problem.ts";
import { isSamePlace } from "../view/view.ts";

/** Events of one query, as many as have been fetched, newest first. */
export interface EventList {
  /** The query that was asked last. */
  readonly query: string;
  readonly phase: "loading" | "ready" | "failed";
  readonly events: readonly RecordedEvent[];
  /** Cursor of what follows; null at the end. */
  readonly next: string | null;
  readonly total: Total | null;
  /** Why the last call brought nothing. With events at hand, they are still shown. */
  readonly problem: Problem | undefined;
  readonly isLoadingMore: boolean;
  /** Events have come in that are not shown, because the reader is further down. */
  readonly hasNews: boolean;
}

export type ListChange =
  | { readonly type: "asked"; readonly query: string }
  | { readonly type: "answered"; readonly page: EventPage }
  | { readonly type: "asked-more" }
  /** `cursor` is the one that was asked with. */
  | { readonly type: "answered-more"; readonly page: EventPage; readonly cursor: string }
  /** The first page was fetched again; `placement` says whether the reader sees the top of the list. */
  | { readonly type: "looked-again"; readonly page: EventPage; readonly placement: "top" | "further-down" }
  | { readonly type: "failed"; readonly problem: Problem };

/** A list before its first answer. */
export const EMPTY_LIST: EventList = {
  query: "",
  phase: "loading",
  events: [],
  next: null,
  total: null,
  problem: undefined,
  isLoadingMore: false,
  hasNews: false,
};

/** The list after a change. */
export function changeList(list: EventList, change: ListChange): EventList {
  switch (change.type) {
    case "asked":
      return ask(list, change.query);
    case "answered":
      return { ...EMPTY_LIST, query: list.query, phase: "ready", ...change.page };
    case "asked-more":
      return { ...list, isLoadingMore: true, problem: undefined };
    case "answered-more":
      // The list has begun afresh meanwhile: this page follows something that is no longer there.
      if (change.cursor !== list.next) return { ...list, isLoadingMore: false };
      return {
        ...list,
        events: [...list.events, ...change.page.events],
        next: change.page.next,
        isLoadingMore: false,
      };
    case "looked-again":
      return change.placement === "top" ? putOnTop(list, change.page) : noteNews(list, change.page);
    case "failed":
      // What is on the screen stays true when the server is away; but a new query must not be answered by an old list.
      return list.phase === "loading"
        ? { ...EMPTY_LIST, query: list.query, phase: "failed", problem: change.problem }
        : { ...list, problem: change.problem, isLoadingMore: false };
  }
}

/** The same question again keeps what went wrong on the screen, until it is known whether it goes better this time. */
function ask(list: EventList, query: string): EventList {
  const problem = query === list.query ? list.problem : undefined;
  return { ...list, query, phase: "loading", problem, isLoadingMore: false };
}

/** Replaces the beginning of the list by a fresh page, and keeps what was fetched below it. */
function putOnTop(list: EventList, page: EventPage): EventList {
  const { total } = page;
  const last = page.events.at(-1);
  const overlap = list.events.findIndex((event) => isSamePlace(event, last));
  if (overlap < 0) return { ...list, events: page.events, next: page.next, total, problem: undefined, hasNews: false };
  const below = list.events.slice(overlap + 1);
  const isSame =
    overlap === page.events.length - 1 && page.events.every((event, i) => isSamePlace(event, list.events[i]));
  if (isSame) return { ...list, total, problem: undefined, hasNews: false };
  const next = below.length === 0 ? page.next : list.next;
  return { ...list, events: [...page.events, ...below], next, total, problem: undefined, hasNews: false };
}

function noteNews(list: EventList, page: EventPage): EventList {
  const hasNews = !isSamePlace(page.events[0], list.events[0]) || page.total?.count !== list.total?.count;
  return { ...list, problem: undefined, hasNews: list.hasNews || hasNews };
}
