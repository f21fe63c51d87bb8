import type { ReactNode } from "react";
import { writeTerm } from "../event/filter-term.ts";
import { Panel } from "../overview/ranked.tsx";
import { Moment } from "../shared/moment.tsx";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import type { Known } from "./known-of.ts";
import type { Subject } from "./subject-answers.ts";

interface PersonFactsProps {
  readonly person: Subject;
  /** What events say. */
  readonly known: Known;
  /** When the first event of the person was, under any reference; RFC 3339. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** How many events speak of the person, with a link to them. */
  readonly count: ReactNode;
  /** IANA name. */
  readonly zone: string;
  readonly hrefOf: (query: string) => string;
  /** What can be done. */
  readonly tools: ReactNode;
}

/** What a person is called now and was called before, is known by, and where they belong; each value leads to its events. */
export function PersonFacts({ person, known, firstAt, lastAt, count, zone, hrefOf, tools }: PersonFactsProps) {
  const since = (at: string | null) => (at === null ? undefined : t.people.from(showMinute(at, zone)));
  const toNames = (value: string) => hrefOf(writeTerm("subject", value));
  return (
    <Panel title={t.people.about(person.name ?? t.person(person.ref))} width="full">
      {person.is_forgotten && <p>{t.people.forgotten}</p>}
      <dl className="facts">
        {person.name !== null && (
          <Fact name={t.people.nameNow}>
            <a href={toNames(person.name)}>{person.name}</a>
          </Fact>
        )}
        {person.names.length > 1 && (
          <Fact name={t.people.names}>
            {person.names.map(({ value, since: at, source }, i) => (
              <span key={`${source} ${value} ${at}`} className="under">
                {value}{" "}
                <span className="quiet">{[since(at), t.people.sources[source]].filter(Boolean).join(", ")}</span>
                {i < person.names.length - 1 && <span className="hidden">; </span>}
              </span>
            ))}
          </Fact>
        )}
        <Values name={t.people.knownBy} values={person.identifiers.map(({ value }) => value)} hrefOf={toNames} />
        {person.groups.length > 0 && (
          <Fact name={t.people.directoryGroups}>
            {person.groups.map(({ groups, since: from, until }) => (
              <span key={`${from} ${until}`} className="under">
                {groups.length === 0 ? t.people.noGroups : groups.join(", ")}{" "}
                <span className="quiet">
                  {[since(from), until === null ? undefined : t.people.until(showMinute(until, zone))]
                    .filter(Boolean)
                    .join(" ")}
                </span>
              </span>
            ))}
          </Fact>
        )}
        <Values
          name={t.people.eventGroups}
          values={known.groups}
          hrefOf={(value) => hrefOf(writeTerm("actor.groups", value))}
        />
        <Values name={t.people.roles} values={known.roles} hrefOf={(value) => hrefOf(writeTerm("actor.role", value))} />
        <Fact name={t.people.first}>
          <Moment at={firstAt} zone={zone} />
        </Fact>
        <Fact name={t.people.last}>
          <Moment at={lastAt} zone={zone} />
        </Fact>
        <Fact name={t.people.events}>{count}</Fact>
        <Fact name={t.people.reference}>
          <code>{person.ref}</code>
        </Fact>
      </dl>
      {tools}
    </Panel>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface ValuesProps {
  readonly name: string;
  readonly values: readonly string[];
  readonly hrefOf: (value: string) => string;
}

/** Values of a person, each a way to its events. */
function Values({ name, values, hrefOf }: ValuesProps) {
  if (values.length === 0) return null;
  return (
    <Fact name={name}>
      {values.map((value, i) => (
        <span key={value}>
          {i > 0 && ", "}
          <a href={hrefOf(value)}>{value}</a>
        </span>
      ))}
    </Fact>
  );
}
