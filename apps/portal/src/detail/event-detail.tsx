import type { RecordedEvent } from "@cairn/event";
import { useEffect, useRef } from "react";
import type { Place } from "../api/answers.ts";
import type { Api } from "../api/client.ts";
import { isRefusal } from "../api/problem.ts";
import { sentenceOf } from "../event/sentence.ts";
import type { OnFilter } from "../list/filter-button.tsx";
import { Outcome } from "../list/outcome.tsx";
import { CopyButton } from "../shared/copy-button.tsx";
import { explainProblem } from "../shared/explain-problem.ts";
import { Icon } from "../shared/icon.tsx";
import { showMoment } from "../view/times.ts";
import { formatPlace, formatView, type Zone } from "../view/view.ts";
import { Changes } from "./changes.tsx";
import { FieldGroups } from "./field-groups.tsx";
import { ProofPanel } from "./proof-panel.tsx";
import { useEvent } from "./use-event.ts";

interface EventDetailProps {
  readonly api: Api;
  readonly place: Place;
  /** The event, where the list has it. */
  readonly known: RecordedEvent | undefined;
  readonly zone: Zone;
  readonly onFilter: OnFilter;
  readonly onClose: () => void;
}

/** Everything about one event. Give it the place as its key: each event begins anew. */
export function EventDetail({ api, place, known, zone, onFilter, onClose }: EventDetailProps) {
  const state = useEvent(api, place, known);
  const heading = useRef<HTMLHeadingElement>(null);
  const name = formatPlace(place);
  // Whoever opens an event, or goes on to the next one, is taken to it.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <aside className="detail" aria-label="Event detail">
      <header className="detail-head">
        <h2 tabIndex={-1} ref={heading}>
          {state.kind === "ready" ? state.event.action : `Event ${name}`}
        </h2>
        <button type="button" className="bare" aria-label="Close the detail" title="Close (Esc)" onClick={onClose}>
          <Icon name="cross" />
        </button>
      </header>
      <div className="detail-body">
        {state.kind === "loading" && <p className="quiet">Loading …</p>}
        {state.kind === "failed" &&
          (isRefusal(state.problem, "not_found") ? (
            <p>The log has no event {name}, or it was deleted by a retention rule.</p>
          ) : (
            <p>
              {explainProblem(state.problem).title}. {explainProblem(state.problem).text}
            </p>
          ))}
        {state.kind === "ready" && <Content api={api} event={state.event} zone={zone} onFilter={onFilter} />}
      </div>
    </aside>
  );
}

interface ContentProps {
  readonly api: Api;
  readonly event: RecordedEvent;
  readonly zone: Zone;
  readonly onFilter: OnFilter;
}

function Content({ api, event, zone, onFilter }: ContentProps) {
  const place: Place = { ledger: event.ledger, sequence: event.sequence };
  const link = `${location.origin}/${formatView({ query: "", zone: undefined, place })}`;
  const curl = `curl '${location.origin}/v1/events/${formatPlace(place)}' -H "Authorization: Bearer $CAIRN_KEY"`;
  return (
    <>
      <p className="sentence">{sentenceOf(event)}</p>
      <p className="detail-line">
        <Outcome result={event.outcome.result} />
        <span>{showMoment(event.occurred_at, zone)}</span>
      </p>
      <ProofPanel api={api} event={event} zone={zone} />
      <p className="actions">
        <CopyButton label="Copy link" text={link} />
        <CopyButton label="Copy as curl" text={curl} />
      </p>
      {event.changes !== undefined && event.changes.length > 0 && <Changes changes={event.changes} />}
      <FieldGroups event={event} zone={zone} onFilter={onFilter} />
      <details className="group raw">
        <summary>Raw JSON</summary>
        <pre>{JSON.stringify(event, undefined, 2)}</pre>
        <CopyButton label="Copy JSON" text={JSON.stringify(event, undefined, 2)} />
      </details>
    </>
  );
}
