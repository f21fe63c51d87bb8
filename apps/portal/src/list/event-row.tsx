import type { RecordedEvent } from "@cairn/event";
import { type MouseEvent, memo } from "react";
import { writeTerm } from "../event/filter-term.ts";
import { actorName } from "../event/names.ts";
import { personLink } from "../people/person-link.ts";
import { Icon } from "../shared/icon.tsx";
import { t } from "../texts/texts.ts";
import { showMinute, showTime } from "../view/times.ts";
import { formatPlace } from "../view/view.ts";
import { type Column, cellValues } from "./columns.ts";
import { FilterButton, type OnFilter } from "./filter-button.tsx";
import { Outcome } from "./outcome.tsx";

interface EventRowProps {
  readonly event: RecordedEvent;
  /** Position in the list, from 0. */
  readonly index: number;
  readonly topPx: number;
  readonly columns: readonly Column[];
  /** IANA name. */
  readonly zone: string;
  /** What categories are called, by their ids. */
  readonly categories: ReadonlyMap<string, string>;
  /** Address of the event's detail. */
  readonly href: string;
  /** The row that the keyboard is at. */
  readonly isActive: boolean;
  /** The row whose detail is open. */
  readonly isOpen: boolean;
  readonly onOpen: (event: RecordedEvent) => void;
  readonly onFilter: OnFilter;
}

/** One event of the list. */
export const EventRow = memo(function EventRow(props: EventRowProps) {
  const { event, index, topPx, columns, href, isActive, isOpen, onOpen } = props;
  const onClick = (click: MouseEvent) => {
    if (click.target instanceof Element && click.target.closest("a, button") !== null) return;
    // Somebody is marking text.
    if (getSelection()?.isCollapsed === false) return;
    onOpen(event);
  };
  const { time } = showTime(event.occurred_at, props.zone);
  const name = t.list.open(time, event.action, actorName(event.actor));
  // Where the time is not among the columns, the first cell is the way in.
  const linked = columns.some((column) => column.name === "time") ? "time" : columns[0]?.name;
  return (
    // The link in the row does the same by keyboard.
    <tr
      className={`row${isActive ? " is-active" : ""}${isOpen ? " is-open" : ""}`}
      data-place={formatPlace(event)}
      aria-rowindex={index + 2}
      aria-current={isOpen ? "true" : undefined}
      style={{ transform: `translateY(${topPx}px)` }}
      onClick={onClick}
    >
      {columns.map((column) => (
        <td key={column.name} className={`cell-${column.name.replaceAll(".", "-")}`}>
          {column.name === linked ? (
            <a href={href} tabIndex={isActive ? 0 : -1} aria-label={linked === "time" ? name : undefined}>
              <Cell {...props} name={column.name} isPlain />
              {/* What the link is called has to begin with what it shows. */}
              {linked !== "time" && <span className="hidden">, {name}</span>}
            </a>
          ) : (
            <Cell {...props} name={column.name} />
          )}
        </td>
      ))}
    </tr>
  );
});

interface CellProps extends Pick<EventRowProps, "event" | "zone" | "categories" | "isActive" | "onFilter"> {
  readonly name: string;
  /** Without a button: it stands in a link. */
  readonly isPlain?: boolean;
}

function Cell({ event, name, zone, categories, isActive, onFilter, isPlain = false }: CellProps) {
  switch (name) {
    case "date":
      return showTime(event.occurred_at, zone).date;
    case "time":
      return showTime(event.occurred_at, zone).time;
    case "received_at":
      return showMinute(event.received_at, zone);
    case "outcome":
      return (
        <FilterButton
          onFilter={onFilter}
          isReachable={isActive}
          isPlain={isPlain}
          term={writeTerm("outcome", event.outcome.result)}
        >
          <Outcome result={event.outcome.result} />
        </FilterButton>
      );
    default: {
      const [first, ...others] = cellValues(event, name);
      if (first === undefined) return null;
      return (
        <>
          <FilterButton onFilter={onFilter} isReachable={isActive} isPlain={isPlain} term={first.term}>
            {name === "category" ? (categories.get(first.text) ?? first.text) : first.text}
          </FilterButton>
          {name === "actor" && event.actor.ref !== undefined && !isPlain && (
            <a
              className="to-person"
              href={personLink(event.actor.ref, undefined)}
              tabIndex={isActive ? 0 : -1}
              aria-label={t.people.about(first.text)}
              title={t.people.about(first.text)}
            >
              <Icon name="person" />
            </a>
          )}
          {others.length > 0 && <span className="quiet more">+{others.length}</span>}
        </>
      );
    }
  }
}

interface WaitingRowProps {
  readonly index: number;
  readonly topPx: number;
  readonly columns: readonly Column[];
  /** About when the event was. */
  readonly about: number | undefined;
  readonly zone: string;
}

/** The place of an event that is not fetched yet: about when it was is known. */
export const WaitingRow = memo(function WaitingRow({ index, topPx, columns, about, zone }: WaitingRowProps) {
  return (
    <tr className="row is-waiting" aria-rowindex={index + 2} style={{ transform: `translateY(${topPx}px)` }}>
      {columns.map(({ name }) => (
        <td key={name} className={`cell-${name.replaceAll(".", "-")}`}>
          {name === "date" && about !== undefined ? showTime(about, zone).date : <span className="waiting" />}
        </td>
      ))}
    </tr>
  );
});
