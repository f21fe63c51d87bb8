import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { RowsState } from "../rows/rows.ts";
import { formatPlace } from "../view/view.ts";

/** Browsers draw nothing below some ten million pixels: a longer list moves under its scroll position. */
const MAX_HEIGHT_PX = 8_000_000;
/** Rows drawn beyond the edges, so that a turn of the wheel finds them there. */
const BEYOND_ROWS = 8;
/** Closer to the beginning than this, new events are put on top; further down nothing may move under the reader. */
const TOP_PX = 24;
/** After so long without scrolling, the scroll position is brought in line with the place in the list. */
const IDLE_MS = 180;

/** The rows that are drawn, and where. */
export interface ListWindow {
  readonly first: number;
  readonly last: number;
  /** How far the rows are moved up: row `i` stands at `i * rowPx - shiftPx`. */
  readonly shiftPx: number;
  /** Height of the list for the scroll bar. */
  readonly heightPx: number;
  /** First row in sight, with the part of it that is scrolled out. */
  readonly position: number;
  /** Rows that fit. */
  readonly fitting: number;
  readonly isAtTop: () => boolean;
  /** Shows a row at the top. */
  readonly jumpTo: (index: number) => void;
  /** Brings a row into sight, moving as little as possible. */
  readonly reveal: (index: number) => void;
}

interface Placement {
  readonly shiftPx: number;
  readonly position: number;
  readonly fitting: number;
}

/** Works out which rows of a list of any length are in sight, and keeps those in sight where they are when others come. */
export function useWindow(scroller: RefObject<HTMLElement | null>, state: RowsState, rowPx: number): ListWindow {
  const [placement, setPlacement] = useState<Placement>({ shiftPx: 0, position: 0, fitting: 40 });
  const latest = useRef({ placement, state, rowPx });
  const anchor = useRef<{ readonly place: string; readonly index: number }>(undefined);
  const totalPx = state.length * rowPx;
  const heightPx = Math.min(totalPx, MAX_HEIGHT_PX);
  useLayoutEffect(() => {
    latest.current = { placement, state, rowPx };
  });

  const topPx = useCallback(() => (scroller.current?.scrollTop ?? 0) + latest.current.placement.shiftPx, [scroller]);
  const place = useCallback(
    (top: number, shiftPx: number) => {
      const { rowPx: height, state: shown } = latest.current;
      const box = scroller.current;
      const fitting = Math.ceil((box?.clientHeight ?? 0) / height);
      const position = Math.max(0, top / height);
      const index = Math.ceil(position);
      const event = shown.at(index);
      anchor.current = event === undefined ? undefined : { place: formatPlace(event), index };
      latest.current = { ...latest.current, placement: { shiftPx, position, fitting } };
      setPlacement((before) =>
        before.shiftPx === shiftPx && before.fitting === fitting && Math.abs(before.position - position) < 0.5
          ? before
          : { shiftPx, position, fitting },
      );
    },
    [scroller],
  );

  /** Moves to a place in the list: the scroll position is its share of the height, the shift is the rest. */
  const moveTo = useCallback(
    (wanted: number) => {
      const box = scroller.current;
      if (box === null) return;
      const { rowPx: height, state: shown } = latest.current;
      const total = shown.length * height;
      const seen = box.clientHeight;
      const top = Math.max(0, Math.min(wanted, Math.max(0, total - seen / 2)));
      const isLong = total > MAX_HEIGHT_PX;
      const scrollTop = isLong ? Math.round((top * (MAX_HEIGHT_PX - seen)) / (total - seen)) : top;
      const shiftPx = isLong ? Math.round(top - scrollTop) : 0;
      place(top, shiftPx);
      box.scrollTop = scrollTop;
    },
    [scroller, place],
  );

  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    let idle: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      place(topPx(), latest.current.placement.shiftPx);
      clearTimeout(idle);
      if (latest.current.state.length * latest.current.rowPx > MAX_HEIGHT_PX)
        idle = setTimeout(() => flushSync(() => moveTo(topPx())), IDLE_MS);
    };
    const observer = new ResizeObserver(onScroll);
    box.addEventListener("scroll", onScroll, { passive: true });
    observer.observe(box);
    return () => {
      clearTimeout(idle);
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
    };
  }, [scroller, place, moveTo, topPx]);

  // What the reader looks at stays where it is when rows come or go above it.
  useLayoutEffect(() => {
    const before = anchor.current;
    const top = topPx();
    if (before !== undefined && top >= TOP_PX) {
      const [ledger, sequence] = before.place.split("/").map(Number);
      const index = state.indexOf({ ledger: ledger ?? 0, sequence: sequence ?? 0 });
      if (index >= 0 && index !== before.index) return moveTo(top + (index - before.index) * rowPx);
    }
    place(top, latest.current.placement.shiftPx);
  }, [state, rowPx, place, moveTo, topPx]);

  const isAtTop = useCallback(() => topPx() < TOP_PX, [topPx]);
  const jumpTo = useCallback((index: number) => moveTo(index * latest.current.rowPx), [moveTo]);
  const reveal = useCallback(
    (index: number) => {
      const box = scroller.current;
      if (box === null) return;
      const height = latest.current.rowPx;
      const head = box.querySelector("thead")?.clientHeight ?? 0;
      const top = topPx();
      if (index * height < top) moveTo(index * height);
      else if ((index + 1) * height > top + box.clientHeight - head)
        moveTo((index + 1) * height - box.clientHeight + head);
    },
    [scroller, moveTo, topPx],
  );
  const first = Math.max(0, Math.floor(placement.position) - BEYOND_ROWS);
  const last = Math.min(state.length, Math.ceil(placement.position) + placement.fitting + BEYOND_ROWS) - 1;
  return {
    first,
    last,
    shiftPx: placement.shiftPx,
    heightPx,
    position: placement.position,
    fitting: placement.fitting,
    isAtTop,
    jumpTo,
    reveal,
  };
}
