import type { RecordedEvent } from "@cairn/event";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import type { Api } from "../api/client.ts";
import { actorTerm, targetTerm, writeTerm } from "../event/filter-term.ts";
import { actorName, targetName } from "../event/names.ts";
import { useSentence } from "../event/use-sentence.ts";
import { Outcome } from "../list/outcome.tsx";
import { t } from "../texts/texts.ts";
import { ALL_TIME } from "../view/range.ts";
import { showMinute } from "../view/times.ts";
import { formatPlace, formatView, isSamePlace, NEWEST_FIRST, type View } from "../view/view.ts";

/** Events shown of each kind. */
const SHOWN = 6;

interface AroundProps {
  readonly event: RecordedEvent;
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

interface Kin {
  readonly key: string;
  readonly title: string;
  /** The query that finds all of them; undefined for what is around it in time. */
  readonly query: string | undefined;
  readonly fetch: (api: Api, signal: AbortSignal) => Promise<readonly RecordedEvent[]>;
}

/** What else there is to see: the person, the session, the same target, what happened just before and after. */
export function Around({ event, view, zone }: AroundProps) {
  return (
    <section className="group around">
      <h3>{t.detail.around}</h3>
      {kinOf(event).map((kin) => (
        <KinList key={kin.key} kin={kin} event={event} view={view} zone={zone} />
      ))}
    </section>
  );
}

function kinOf(event: RecordedEvent): readonly Kin[] {
  const { actor, targets = [], context } = event;
  const untilMs = Date.parse(event.occurred_at) + 1;
  const newest =
    (query: string): Kin["fetch"] =>
    async (api, signal) =>
      (await api.search({ query, fromMs: undefined, toMs: untilMs, limit: SHOWN }, signal)).events;
  const person = actor.ref === undefined ? actorTerm(actor) : writeTerm("actor.ref", actor.ref);
  const kin: Kin[] = [
    { key: "person", title: t.detail.byPerson(actorName(actor)), query: person, fetch: newest(person) },
  ];
  if (context?.session_id !== undefined) {
    const query = writeTerm("session", context.session_id);
    kin.push({
      key: "session",
      title: t.detail.bySession,
      query,
      fetch: async (api, signal) =>
        (await api.search({ query, fromMs: undefined, toMs: undefined, order: "asc", limit: 2 * SHOWN }, signal))
          .events,
    });
  }
  const [target] = targets;
  if (target !== undefined) {
    const query = target.ref === undefined ? targetTerm(target) : writeTerm("target.ref", target.ref);
    kin.push({ key: "target", title: t.detail.byTarget(targetName(target)), query, fetch: newest(query) });
  }
  kin.push({
    key: "time",
    title: t.detail.byTime,
    query: undefined,
    fetch: (api, signal) => neighbours(api, event, signal),
  });
  return kin;
}

async function neighbours(api: Api, event: RecordedEvent, signal: AbortSignal): Promise<readonly RecordedEvent[]> {
  const atMs = Date.parse(event.occurred_at);
  const [before, after] = await Promise.all([
    api.search({ query: "", fromMs: undefined, toMs: atMs + 1, limit: SHOWN }, signal),
    api.search({ query: "", fromMs: atMs + 1, toMs: undefined, order: "asc", limit: SHOWN / 2 }, signal),
  ]);
  return [...after.events.toReversed(), ...before.events];
}

interface KinListProps extends AroundProps {
  readonly kin: Kin;
}

function KinList({ kin, event, view, zone }: KinListProps) {
  const api = useApi();
  const [isOpen, setOpen] = useState(false);
  const { data, isError } = useQuery({
    queryKey: ["kin", kin.key, formatPlace(event)],
    queryFn: ({ signal }) => kin.fetch(api, signal),
    enabled: isOpen,
  });
  const plain: View = { ...view, range: ALL_TIME, sort: NEWEST_FIRST, at: undefined };
  const all =
    kin.query === undefined
      ? { ...plain, query: "", at: Date.parse(event.occurred_at) }
      : { ...plain, query: kin.query };
  return (
    <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
      <summary>{kin.title}</summary>
      {data === undefined && <p className="quiet">{isError ? t.detail.kinFailed : t.loading}</p>}
      {data !== undefined && (
        <>
          <ul className="kin">
            {data.map((other) => (
              <li key={formatPlace(other)} aria-current={isSamePlace(other, event) ? "true" : undefined}>
                <KinLink event={other} view={view} zone={zone} />
              </li>
            ))}
          </ul>
          <a className="kin-all" href={formatView(all)}>
            {kin.query === undefined ? t.detail.inList : t.detail.allOfThem}
          </a>
        </>
      )}
    </details>
  );
}

function KinLink({ event, view, zone }: AroundProps) {
  const sentence = useSentence(event);
  const place = { ledger: event.ledger, sequence: event.sequence };
  return (
    <a href={formatView({ ...view, place })}>
      <span className="kin-time">{showMinute(event.occurred_at, zone)}</span>
      <span>{sentence}</span>
      {event.outcome.result !== "success" && <Outcome result={event.outcome.result} />}
    </a>
  );
}
