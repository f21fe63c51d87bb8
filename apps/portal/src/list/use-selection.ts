import type { RecordedEvent } from "@cairn/event";
import { type RefObject, useState } from "react";
import type { Place } from "../api/answers.ts";
import { formatPlace, isSamePlace } from "../view/view.ts";

export interface Selection {
  /** The row that the keyboard is at; undefined before the first step. */
  readonly active: Place | undefined;
  /** Goes a row up or down and gives the event there; undefined past either end. */
  readonly step: (by: 1 | -1) => RecordedEvent | undefined;
  readonly select: (place: Place) => void;
  /** Puts the keyboard on the row of an event, and brings it into sight. */
  readonly focusRow: (place: Place) => void;
}

/** Keeps the row that the keyboard is at, by the event and not by its position: events come in above it. */
export function useSelection(events: readonly RecordedEvent[], scroller: RefObject<HTMLElement | null>): Selection {
  const [active, setActive] = useState<Place>();
  const rowLink = (place: Place) =>
    scroller.current?.querySelector<HTMLElement>(`[data-place="${formatPlace(place)}"] a`) ?? undefined;
  return {
    active: events.some((event) => isSamePlace(event, active)) ? active : undefined,
    step(by) {
      const at = events.findIndex((event) => isSamePlace(event, active));
      const event = at < 0 ? events[0] : events[at + by];
      if (event !== undefined) {
        setActive(event);
        rowLink(event)?.closest("tr")?.scrollIntoView({ block: "nearest" });
      }
      return event;
    },
    select: setActive,
    focusRow: (place) => rowLink(place)?.focus(),
  };
}
