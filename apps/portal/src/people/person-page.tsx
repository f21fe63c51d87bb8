import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import { isRefusal, problemOf } from "../api/problem.ts";
import { useWho } from "../api/who-context.ts";
import { writeTerm } from "../event/filter-term.ts";
import { useSentence } from "../event/use-sentence.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { Outcome } from "../list/outcome.tsx";
import { Panel, Ranked, type RankedRow } from "../overview/ranked.tsx";
import { number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import { formatPlace, formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { knownOf } from "./known-of.ts";
import { PersonDialog } from "./person-dialog.tsx";
import { PersonFacts } from "./person-facts.tsx";
import { SamePanel } from "./same-panel.tsx";
import type { Subject } from "./subject-answers.ts";
import { subjectName } from "./subject-words.ts";

const NEWEST = 100;
const SHOWN = 12;
const VALUES = 8;
const ALL_TIME = { fromMs: undefined, toMs: undefined };

interface PersonPageProps {
  /** Subject reference. */
  readonly person: string;
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** One person, whom the log may know under several references. */
export function PersonPage({ person, view, zone }: PersonPageProps) {
  const api = useApi();
  const { data, error } = useQuery({
    queryKey: ["person", person],
    queryFn: ({ signal }) => api.get<Subject>(`/v1/subjects/${encodeURIComponent(person)}`, signal),
  });
  if (data !== undefined) return <Person person={data} view={view} zone={zone} />;
  const isUnknown = error !== null && isRefusal(problemOf(error), "not_found");
  return (
    <Page title={t.person(person)} tools={<BackLink view={view} />}>
      {isUnknown ? <p>{t.people.unknown}</p> : <PageProblem error={error} />}
    </Page>
  );
}

interface PersonProps extends Omit<PersonPageProps, "person"> {
  readonly person: Subject;
}

/** What they are called, what they did and from where, what was done about them. */
function Person({ person, view, zone }: PersonProps) {
  const api = useApi();
  const who = useWho();
  const [isOpen, setOpen] = useState(false);
  const refs = [person.ref, ...person.same_as.map(({ ref }) => ref)];
  const any = anyOf("subject.ref", refs);
  const acting = anyOf("actor.ref", refs);
  const { data: newest, error } = useQuery({
    queryKey: ["person", person.ref, "newest", any],
    queryFn: ({ signal }) => api.search({ query: any, ...ALL_TIME, limit: NEWEST, total: true }, signal),
  });
  const { data: oldest } = useQuery({
    queryKey: ["person", person.ref, "oldest", any],
    queryFn: ({ signal }) => api.search({ query: any, ...ALL_TIME, limit: 1, order: "asc" }, signal),
  });
  const { data: counted } = useQuery({
    queryKey: ["person", person.ref, "counted", acting],
    queryFn: ({ signal }) =>
      api.facets({ query: acting, ...ALL_TIME, fields: ["action", "ip", "session"], limit: VALUES }, signal),
  });
  const hrefOf = (query: string) => formatView({ ...PLAIN_VIEW, zone: view.zone, query });
  const rows = (field: string): readonly RankedRow[] | undefined =>
    counted?.facets[field]?.map(({ value, count }) => ({
      label: value,
      count,
      href: hrefOf(`${acting} ${writeTerm(field, value)}`),
    }));
  const events = newest?.events ?? [];
  const total = newest?.total;
  return (
    <Page title={subjectName(person)} tools={<BackLink view={view} />}>
      <PersonFacts
        person={person}
        known={knownOf(events, refs)}
        firstAt={oldest?.events[0]?.occurred_at ?? null}
        lastAt={events[0]?.occurred_at ?? null}
        count={
          total === undefined || total === null ? (
            "…"
          ) : (
            <a href={hrefOf(any)}>{total.exact ? number(total.count) : t.people.moreThan(number(total.count))}</a>
          )
        }
        zone={zone}
        hrefOf={hrefOf}
        tools={
          who.can("subjects:write") &&
          !person.is_forgotten && (
            <p className="actions">
              <button type="button" className="button" onClick={() => setOpen(true)}>
                {t.people.change}
              </button>
            </p>
          )
        }
      />
      {!person.is_forgotten && <SamePanel person={person} zone={view.zone} />}
      {newest === undefined ? (
        <PageProblem error={error} />
      ) : events.length === 0 ? (
        <p>{t.people.noEvents}</p>
      ) : (
        <>
          <div className="panels">
            <Ranked title={t.people.actions} rows={rows("action")} />
            <Ranked title={t.people.addresses} rows={rows("ip")} />
            <Ranked title={t.people.sessions} rows={rows("session")} />
          </div>
          <Panel title={t.people.recent} note={t.people.recentNote} width="full">
            <ul className="kin">
              {events.slice(0, SHOWN).map((event) => (
                <li key={formatPlace(event)}>
                  <EventLink event={event} view={view} zone={zone} />
                </li>
              ))}
            </ul>
            <p>
              <a href={hrefOf(any)}>{t.people.allEvents}</a>
            </p>
          </Panel>
        </>
      )}
      {isOpen && <PersonDialog person={person} onClose={() => setOpen(false)} />}
    </Page>
  );
}

/** The condition that a field has one of some values. */
function anyOf(field: string, values: readonly string[]): string {
  const [only = ""] = values;
  return values.length === 1 ? writeTerm(field, only) : `${field}:(${values.join(" OR ")})`;
}

function BackLink({ view }: { readonly view: View }) {
  return (
    <a className="button" href={formatView({ ...PLAIN_VIEW, page: "people", zone: view.zone })}>
      {t.people.all}
    </a>
  );
}

interface EventLinkProps {
  readonly event: Parameters<typeof useSentence>[0];
  readonly view: View;
  readonly zone: string;
}

function EventLink({ event, view, zone }: EventLinkProps) {
  const sentence = useSentence(event);
  const place = { ledger: event.ledger, sequence: event.sequence };
  return (
    <a href={formatView({ ...PLAIN_VIEW, zone: view.zone, place })}>
      <span className="kin-time">{showMinute(event.occurred_at, zone)}</span>
      <span>{sentence}</span>
      {event.outcome.result !== "success" && <Outcome result={event.outcome.result} />}
    </a>
  );
}
