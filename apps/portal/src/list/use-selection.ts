import type { RecordedEvent } from "@cairn/event";
import { type RefObject, useEffect, useRef, useState } from "react";
import type { Place } from "../api/answers.ts";
import type { RowsState } from "../rows/rows.ts";
import { formatPlace } from "../view/view.ts";
import type { ListWindow } from "./use-window.ts";

export interface Selection {
  /** The event that the keyboard is at; undefined before the first step. */
  readonly active: Place | undefined;
  /** Goes a row up or down and gives the event there; undefined past either end, and where it is not fetched yet. */
  readonly step: (by: 1 | -1) => RecordedEvent | undefined;
  readonly select: (place: Place) => void;
  /** Puts the keyboard on the row of an event as soon as it is drawn. */
  readonly focusRow: (place: Place) => void;
}

/** Keeps the row that the keyboard is at, by the event and not by its position: events come in above it. */
export function useSelection(state: RowsState, shown: ListWindow, scroller: RefObject<HTMLElement | null>): Selection {
  const [active, setActive] = useState<Place>();
  const wanted = useRef<string>(undefined);
  useEffect(() => {
    if (wanted.current === undefined) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-place="${wanted.current}"] a`);
    if (link === null || link === undefined) return;
    wanted.current = undefined;
    link.focus({ preventScroll: true });
  });
  return {
    active,
    step(by) {
      const at = active === undefined ? -1 : state.indexOf(active);
      const index = at < 0 ? Math.ceil(shown.position) : at + by;
      if (index < 0 || index >= state.length) return undefined;
      shown.reveal(index);
      const event = state.at(index);
      if (event !== undefined) setActive(event);
      return event;
    },
    select: setActive,
    focusRow(place) {
      wanted.current = formatPlace(place);
      setActive({ ...place });
    },
  };
}
