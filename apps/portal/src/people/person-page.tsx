import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import { writeTerm } from "../event/filter-term.ts";
import { useSentence } from "../event/use-sentence.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { Outcome } from "../list/outcome.tsx";
import { Panel, Ranked, type RankedRow } from "../overview/ranked.tsx";
import { Moment } from "../shared/moment.tsx";
import { number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import { formatPlace, formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { knownOf } from "./known-of.ts";

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

/** One person: what they are called, what they did and from where, what was done about them. */
export function PersonPage({ person, view, zone }: PersonPageProps) {
  const api = useApi();
  const any = writeTerm("subject.ref", person);
  const acting = writeTerm("actor.ref", person);
  const { data: newest, error } = useQuery({
    queryKey: ["person", person, "newest"],
    queryFn: ({ signal }) => api.search({ query: any, ...ALL_TIME, limit: NEWEST, total: true }, signal),
  });
  const { data: oldest } = useQuery({
    queryKey: ["person", person, "oldest"],
    queryFn: ({ signal }) => api.search({ query: any, ...ALL_TIME, limit: 1, order: "asc" }, signal),
  });
  const { data: counted } = useQuery({
    queryKey: ["person", person, "counted"],
    queryFn: ({ signal }) =>
      api.facets({ query: acting, ...ALL_TIME, fields: ["action", "ip", "session"], limit: VALUES }, signal),
  });
  if (newest === undefined) {
    return (
      <Page title={t.person(person)} tools={<BackLink view={view} />}>
        <PageProblem error={error} />
      </Page>
    );
  }
  const known = knownOf(newest.events, person);
  const name = known.names[0] ?? known.emails[0] ?? known.ids[0] ?? t.person(person);
  const hrefOf = (query: string) => formatView({ ...PLAIN_VIEW, zone: view.zone, query });
  const rows = (field: string): readonly RankedRow[] | undefined =>
    counted?.facets[field]?.map(({ value, count }) => ({
      label: value,
      count,
      href: hrefOf(`${acting} ${writeTerm(field, value)}`),
    }));
  const last = newest.events[0];
  const { total } = newest;
  return (
    <Page title={name} tools={<BackLink view={view} />}>
      {last === undefined ? (
        <p>{t.people.unknown}</p>
      ) : (
        <>
          <Panel title={t.people.about(name)} width="full" note={t.people.seenNote(newest.events.length)}>
            {known.names.length + known.ids.length + known.emails.length === 0 && <p>{t.people.forgotten}</p>}
            <dl className="facts">
              <Values name={t.people.names} field="actor.name" values={known.names} hrefOf={hrefOf} />
              <Values name={t.people.emails} field="subject" values={known.emails} hrefOf={hrefOf} />
              <Values name={t.people.ids} field="subject" values={known.ids} hrefOf={hrefOf} />
              <Values name={t.people.roles} field="actor.role" values={known.roles} hrefOf={hrefOf} />
              <Values name={t.people.groups} field="actor.groups" values={known.groups} hrefOf={hrefOf} />
              <div>
                <dt>{t.people.first}</dt>
                <dd>
                  <Moment at={oldest?.events[0]?.occurred_at ?? null} zone={zone} />
                </dd>
              </div>
              <div>
                <dt>{t.people.last}</dt>
                <dd>
                  <Moment at={last.occurred_at} zone={zone} />
                </dd>
              </div>
              <div>
                <dt>{t.people.events}</dt>
                <dd>
                  <a href={hrefOf(any)}>
                    {total === null || total.exact ? number(total?.count ?? 0) : t.people.moreThan(number(total.count))}
                  </a>
                </dd>
              </div>
              <div>
                <dt>{t.people.reference}</dt>
                <dd>
                  <code>{person}</code>
                </dd>
              </div>
            </dl>
          </Panel>
          <div className="panels">
            <Ranked title={t.people.actions} rows={rows("action")} />
            <Ranked title={t.people.addresses} rows={rows("ip")} />
            <Ranked title={t.people.sessions} rows={rows("session")} />
          </div>
          <Panel title={t.people.recent} width="full">
            <ul className="kin">
              {newest.events.slice(0, SHOWN).map((event) => (
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
    </Page>
  );
}

interface ValuesProps {
  readonly name: string;
  readonly field: string;
  readonly values: readonly string[];
  readonly hrefOf: (query: string) => string;
}

/** Values of a person, each a way to its events. */
function Values({ name, field, values, hrefOf }: ValuesProps) {
  if (values.length === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {values.map((value, i) => (
          <span key={value}>
            {i > 0 && ", "}
            <a href={hrefOf(writeTerm(field, value))}>{value}</a>
          </span>
        ))}
      </dd>
    </div>
  );
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
