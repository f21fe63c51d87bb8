import type { RecordedEvent } from "@cairn/event";
import { useEffect, useRef } from "react";
import type { Place } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { isRefusal } from "../api/problem.ts";
import { useSentence } from "../event/use-sentence.ts";
import type { OnFilter } from "../list/filter-button.tsx";
import { Outcome } from "../list/outcome.tsx";
import { CopyButton } from "../shared/copy-button.tsx";
import { explainProblem } from "../shared/explain-problem.ts";
import { Icon } from "../shared/icon.tsx";
import { t } from "../texts/texts.ts";
import { showMoment } from "../view/times.ts";
import { formatPlace, formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { Around } from "./around.tsx";
import { Changes } from "./changes.tsx";
import { FieldGroups } from "./field-groups.tsx";
import { ProofPanel } from "./proof-panel.tsx";
import { useEvent } from "./use-event.ts";

interface EventDetailProps {
  readonly place: Place;
  /** The event, where the list has it. */
  readonly known: RecordedEvent | undefined;
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
  readonly onFilter: OnFilter;
  readonly onClose: () => void;
}

/** Everything about one event. Give it the place as its key: each event begins anew. */
export function EventDetail({ place, known, view, zone, onFilter, onClose }: EventDetailProps) {
  const state = useEvent(useApi(), place, known);
  const heading = useRef<HTMLHeadingElement>(null);
  const name = formatPlace(place);
  // Whoever opens an event, or goes on to the next one, is taken to it.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <aside className="detail" aria-label={t.detail.label}>
      <header className="detail-head">
        <h2 tabIndex={-1} ref={heading}>
          {state.kind === "ready" ? state.event.action : t.detail.event(name)}
        </h2>
        <button type="button" className="bare" aria-label={t.detail.close} title={t.detail.closeHint} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </header>
      <div className="detail-body">
        {state.kind === "loading" && <p className="quiet">{t.loading}</p>}
        {state.kind === "failed" &&
          (isRefusal(state.problem, "not_found") ? (
            <p>{t.detail.absent(name)}</p>
          ) : (
            <p>
              {explainProblem(state.problem).title}. {explainProblem(state.problem).text}
            </p>
          ))}
        {state.kind === "ready" && <Content event={state.event} view={view} zone={zone} onFilter={onFilter} />}
      </div>
    </aside>
  );
}

interface ContentProps {
  readonly event: RecordedEvent;
  readonly view: View;
  readonly zone: string;
  readonly onFilter: OnFilter;
}

function Content({ event, view, zone, onFilter }: ContentProps) {
  const api = useApi();
  const sentence = useSentence(event);
  const place: Place = { ledger: event.ledger, sequence: event.sequence };
  const link = `${location.origin}/${formatView({ ...PLAIN_VIEW, place })}`;
  const curl = `curl '${location.origin}/v1/events/${formatPlace(place)}' -H "Authorization: Bearer $CAIRN_KEY"`;
  return (
    <>
      <p className="sentence">{sentence}</p>
      <p className="detail-line">
        <Outcome result={event.outcome.result} />
        <span>{showMoment(event.occurred_at, zone)}</span>
      </p>
      <ProofPanel api={api} event={event} zone={zone} />
      <p className="actions">
        <CopyButton label={t.detail.copyLink} text={link} />
        <CopyButton label={t.detail.copyQuery} text={`ledger:${place.ledger} sequence:${place.sequence}`} />
        <CopyButton label={t.detail.copyCurl} text={curl} />
      </p>
      {event.changes !== undefined && event.changes.length > 0 && (
        <Changes changes={event.changes} onFilter={onFilter} />
      )}
      <Around event={event} view={view} zone={zone} />
      <FieldGroups event={event} zone={zone} onFilter={onFilter} />
      <details className="group raw">
        <summary>{t.detail.raw}</summary>
        <pre>{JSON.stringify(event, undefined, 2)}</pre>
        <CopyButton label={t.detail.copyJson} text={JSON.stringify(event, undefined, 2)} />
      </details>
    </>
  );
}
