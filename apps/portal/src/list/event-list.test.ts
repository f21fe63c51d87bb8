import type { RecordedEvent } from "@cairn/event";
import { describe, expect, test } from "vitest";
import type { EventPage } from "../api/answers.ts";
import { changeList, EMPTY_LIST, type EventList, type ListChange } from "./event-list.ts";

const event = (sequence: number) => ({ ledger: 1, sequence }) as RecordedEvent;
const page = (sequences: readonly number[], next: string | null = null, count = sequences.length): EventPage => ({
  events: sequences.map(event),
  next,
  as_of: { ledger: 1, sequence: Math.max(...sequences) },
  total: { count, exact: true },
});
const after = (...changes: readonly ListChange[]) => changes.reduce<EventList>(changeList, EMPTY_LIST);
const sequences = (list: EventList) => list.events.map(({ sequence }) => sequence);
const READY = after({ type: "answered", page: page([5, 4, 3], "c3", 6) });

describe("the list", () => {
  test("grows by pages", () => {
    const list = after(
      { type: "answered", page: page([5, 4, 3], "c3", 6) },
      { type: "asked-more" },
      { type: "answered-more", page: page([2, 1, 0]), cursor: "c3" },
    );
    expect(sequences(list)).toEqual([5, 4, 3, 2, 1, 0]);
    expect(list).toMatchObject({ next: null, isLoadingMore: false });
  });

  test("takes new events on top and keeps what was fetched below", () => {
    const list = changeList(
      { ...READY, events: [5, 4, 3, 2, 1, 0].map(event), next: "c0" },
      { type: "looked-again", page: page([7, 6, 5], "c5", 8), placement: "top" },
    );
    expect(sequences(list)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    expect(list).toMatchObject({ next: "c0", total: { count: 8 } });
  });

  test("begins afresh when more has come than a page holds: no gap may stay in it", () => {
    const fresh = changeList(READY, { type: "looked-again", page: page([90, 89, 88], "c88", 91), placement: "top" });
    expect(sequences(fresh)).toEqual([90, 89, 88]);
    expect(fresh.next).toBe("c88");
    const late = changeList(fresh, { type: "answered-more", page: page([2, 1, 0]), cursor: "c3" });
    expect(sequences(late)).toEqual([90, 89, 88]);
  });

  test("puts an event that comes late where it belongs", () => {
    const list = changeList(READY, { type: "looked-again", page: page([5, 9, 4, 3], "c3", 7), placement: "top" });
    expect(sequences(list)).toEqual([5, 9, 4, 3]);
  });

  test("does not move under a reader further down, but says that there is more", () => {
    const list = changeList(READY, { type: "looked-again", page: page([6, 5, 4], "c4", 7), placement: "further-down" });
    expect(sequences(list)).toEqual([5, 4, 3]);
    expect(list.hasNews).toBe(true);
    const same = changeList(READY, { type: "looked-again", page: page([5, 4, 3], "c3", 6), placement: "further-down" });
    expect(same.hasNews).toBe(false);
  });

  test("stays the same object's worth of rows when nothing has come", () => {
    const same = changeList(READY, { type: "looked-again", page: page([5, 4, 3], "c3", 6), placement: "top" });
    expect(same.events).toBe(READY.events);
  });

  test("keeps its events while the server is away, but never shows them as the answer to another query", () => {
    const problem = { kind: "unreachable" } as const;
    expect(sequences(changeList(READY, { type: "failed", problem }))).toEqual([5, 4, 3]);
    const asked = changeList(READY, { type: "asked", query: "other" });
    const failed = changeList(asked, { type: "failed", problem });
    expect(failed).toMatchObject({ phase: "failed", events: [], problem });
    // Asked again, the explanation stays; asked something else, it has nothing to do with it.
    expect(changeList(failed, { type: "asked", query: "other" }).problem).toBe(problem);
    expect(changeList(failed, { type: "asked", query: "another" }).problem).toBeUndefined();
  });
});
