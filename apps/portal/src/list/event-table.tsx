import type { RecordedEvent } from "@cairn/event";
import type { CSSProperties } from "react";
import type { Place } from "../api/answers.ts";
import type { RowsState } from "../rows/rows.ts";
import { t } from "../texts/texts.ts";
import { formatPlace, formatView, isSamePlace, type Sort, type View } from "../view/view.ts";
import { type Column, gridOf } from "./columns.ts";
import { EventRow, WaitingRow } from "./event-row.tsx";
import type { OnFilter } from "./filter-button.tsx";
import type { ListWindow } from "./use-window.ts";

interface EventTableProps {
  readonly state: RowsState;
  readonly shown: ListWindow;
  readonly rowPx: number;
  readonly columns: readonly Column[];
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
  /** What categories are called, by their ids. */
  readonly categories: ReadonlyMap<string, string>;
  readonly active: Place | undefined;
  readonly isBusy: boolean;
  readonly onOpen: (event: RecordedEvent) => void;
  readonly onFilter: OnFilter;
  readonly onSort: (sort: Sort) => void;
}

/** The events in sight, as rows of a table as long as all that match. */
export function EventTable(props: EventTableProps) {
  const { state, shown, rowPx, columns, view, zone, active, isBusy, onOpen, onFilter, onSort } = props;
  const activeIndex = active === undefined ? -1 : state.indexOf(active);
  const indexes = Array.from({ length: Math.max(0, shown.last - shown.first + 1) }, (_, i) => shown.first + i);
  // The row that has the focus stays, or the focus would be lost with it.
  if (activeIndex >= 0 && (activeIndex < shown.first || activeIndex > shown.last)) indexes.push(activeIndex);
  const style = { "--columns": gridOf(columns) } as CSSProperties;
  return (
    <table
      className="events"
      aria-label={t.list.label}
      aria-rowcount={state.length + 1}
      aria-busy={isBusy}
      style={style}
    >
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <Heading key={column.name} column={column} sort={view.sort} zone={zone} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody style={{ height: `${shown.heightPx}px` }}>
        {indexes.map((index) => {
          const event = state.at(index);
          const place = { index, topPx: index * rowPx - shown.shiftPx, columns, zone };
          return event === undefined ? (
            <WaitingRow key={index} {...place} about={state.timeAt(index)} />
          ) : (
            <EventRow
              key={formatPlace(event)}
              {...place}
              event={event}
              categories={props.categories}
              href={formatView({ ...view, at: undefined, place: { ledger: event.ledger, sequence: event.sequence } })}
              isActive={activeIndex < 0 ? index === 0 : index === activeIndex}
              isOpen={isSamePlace(event, view.place)}
              onOpen={onOpen}
              onFilter={onFilter}
            />
          );
        })}
      </tbody>
    </table>
  );
}

interface HeadingProps {
  readonly column: Column;
  readonly sort: Sort;
  readonly zone: string;
  readonly onSort: (sort: Sort) => void;
}

/** The name of a column; a click sorts by it, another the other way round. */
function Heading({ column, sort, zone, onSort }: HeadingProps) {
  const { name, label, sort: field } = column;
  const isSorted = field !== undefined && sort.field === field && name !== "date";
  const direction = isSorted ? (sort.order === "asc" ? "ascending" : "descending") : undefined;
  const note =
    name === "time" ? (
      <span className="quiet heading-zone"> {zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ")}</span>
    ) : null;
  const next = isSorted ? (sort.order === "asc" ? "desc" : "asc") : field === "occurred_at" ? "desc" : "asc";
  return (
    <th scope="col" aria-sort={direction} className={`cell-${name.replaceAll(".", "-")}`}>
      {field === undefined ? (
        label
      ) : (
        <button type="button" className="heading" onClick={() => onSort({ field, order: next })}>
          {label}
          {note}
          {direction !== undefined && (
            <span className="sort-mark" aria-hidden="true">
              {direction === "ascending" ? "↑" : "↓"}
            </span>
          )}
        </button>
      )}
    </th>
  );
}
