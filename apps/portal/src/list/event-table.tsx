import type { RecordedEvent } from "@cairn/event";
import type { Place } from "../api/answers.ts";
import { localZoneName } from "../view/times.ts";
import { formatPlace, formatView, isSamePlace, type View, type Zone } from "../view/view.ts";
import { EventRow } from "./event-row.tsx";
import type { OnFilter } from "./filter-button.tsx";

interface EventTableProps {
  readonly events: readonly RecordedEvent[];
  readonly view: View;
  readonly zone: Zone;
  readonly active: Place | undefined;
  readonly isBusy: boolean;
  readonly onOpen: (event: RecordedEvent) => void;
  readonly onFilter: OnFilter;
}

const COLUMNS = ["Date", "Time", "Actor", "Action", "Category", "Targets", "Outcome", "Address"] as const;

/** The events, newest first. Laid out as a grid, so that rows out of sight cost nothing. */
export function EventTable({ events, view, zone, active, isBusy, onOpen, onFilter }: EventTableProps) {
  const first = events[0];
  return (
    <table className="events" aria-label="Events, newest first" aria-busy={isBusy}>
      <thead>
        <tr>
          {COLUMNS.map((name) => (
            <th key={name} scope="col" className={`cell-${name.toLowerCase()}`}>
              {name}
              {name === "Time" && (
                <span className="quiet"> {zone === "utc" || localZoneName() === "UTC" ? "UTC" : "local"}</span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <EventRow
            key={formatPlace(event)}
            event={event}
            zone={zone}
            href={formatView({ ...view, place: { ledger: event.ledger, sequence: event.sequence } })}
            isActive={isSamePlace(event, active ?? first)}
            isOpen={isSamePlace(event, view.place)}
            onOpen={onOpen}
            onFilter={onFilter}
          />
        ))}
      </tbody>
    </table>
  );
}
