import type { RecordedEvent } from "@cairn/event";
import { type MouseEvent, memo } from "react";
import { actorTerm, targetTerm, writeTerm } from "../event/filter-term.ts";
import { actorName, targetName } from "../event/names.ts";
import { showTime } from "../view/times.ts";
import { formatPlace, type Zone } from "../view/view.ts";
import { FilterButton, type OnFilter } from "./filter-button.tsx";
import { Outcome } from "./outcome.tsx";

interface EventRowProps {
  readonly event: RecordedEvent;
  readonly zone: Zone;
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
  const { event, zone, href, isActive, isOpen, onOpen, onFilter } = props;
  const { date, time, offset } = showTime(event.occurred_at, zone);
  const { actor, action, category, targets = [], outcome, context } = event;
  const [target, ...others] = targets;
  const filter = { onFilter, isReachable: isActive };
  const onClick = (click: MouseEvent) => {
    if (click.target instanceof Element && click.target.closest("a, button") !== null) return;
    // Somebody is marking text.
    if (getSelection()?.isCollapsed === false) return;
    onOpen(event);
  };
  return (
    // The link in the row does the same by keyboard.
    <tr
      className={`row${isActive ? " is-active" : ""}${isOpen ? " is-open" : ""}`}
      data-place={formatPlace(event)}
      aria-current={isOpen ? "true" : undefined}
      onClick={onClick}
    >
      <td className="cell-date">{date}</td>
      <td className="cell-time">
        <a
          href={href}
          tabIndex={isActive ? 0 : -1}
          title={`${date} ${time} ${offset}`}
          aria-label={`${time}, open ${action} by ${actorName(actor)}`}
        >
          {time}
        </a>
      </td>
      <td className="cell-actor">
        <FilterButton {...filter} term={actorTerm(actor)}>
          {actorName(actor)}
        </FilterButton>
      </td>
      <td className="cell-action">
        <FilterButton {...filter} term={writeTerm("action", action)}>
          {action}
        </FilterButton>
      </td>
      <td className="cell-category">
        <FilterButton {...filter} term={writeTerm("category", category)}>
          {category}
        </FilterButton>
      </td>
      <td className="cell-targets">
        {target !== undefined && (
          <FilterButton {...filter} term={targetTerm(target)}>
            {targetName(target)}
          </FilterButton>
        )}
        {others.length > 0 && <span className="quiet more">+{others.length}</span>}
      </td>
      <td className="cell-outcome">
        <FilterButton {...filter} term={writeTerm("outcome", outcome.result)}>
          <Outcome result={outcome.result} />
        </FilterButton>
      </td>
      <td className="cell-address">
        {context?.ip !== undefined && (
          <FilterButton {...filter} term={writeTerm("ip", context.ip)}>
            {context.ip}
          </FilterButton>
        )}
      </td>
    </tr>
  );
});
