import type { Source } from "../api/source-answers.ts";
import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { sentence } from "../shared/explain-problem.ts";
import { FactsTable } from "../shared/facts-table.tsx";
import { Ago, Moment } from "../shared/moment.tsx";
import { number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import type { View } from "../view/view.ts";

import { createdLink, setUpLink, sourceLink } from "./source-links.ts";
import { StandingTag } from "./standing-tag.tsx";
import { useKinds, useSources } from "./use-sources.ts";
import { KindChoice } from "./which-kind.tsx";

interface SourceListProps {
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** Sources that are set up, and how each is doing; where there is none, what they are and which there could be. */
export function SourceList({ view, zone }: SourceListProps) {
  const who = useWho();
  const { data, error } = useSources();
  const maySetUp = who.can("sources:write");
  const isEmpty = data?.sources.length === 0;
  return (
    <Page
      title={t.pages.sources}
      lead={t.sources.lead}
      tools={
        maySetUp &&
        !isEmpty && (
          <a className="button primary" href={setUpLink("which", view.zone)}>
            {t.sources.setUp}
          </a>
        )
      }
    >
      {data === undefined ? (
        <PageProblem error={error} />
      ) : isEmpty ? (
        <>
          <section className="panel">
            <h2>{t.sources.what}</h2>
            <p>{t.sources.whatText}</p>
            {!maySetUp && <p className="quiet">{t.sources.noneReader}</p>}
          </section>
          {maySetUp && <KindChoice view={view} />}
        </>
      ) : (
        <section className="panel">
          <SourceTable sources={data.sources} view={view} zone={zone} />
        </section>
      )}
    </Page>
  );
}

interface SourceTableProps extends SourceListProps {
  readonly sources: readonly Source[];
}

function SourceTable({ sources, view, zone }: SourceTableProps) {
  const { data } = useKinds();
  const titleOf = (kind: string) => data?.kinds.find((each) => each.kind === kind)?.title ?? kind;
  const { counts } = t.sources;
  return (
    <FactsTable
      label={t.pages.sources}
      columns={[
        t.sources.name,
        t.sources.state,
        t.sources.lastReceived,
        t.sources.since,
        { name: counts.created, look: "number" },
        { name: counts.duplicate, look: "number" },
        { name: counts.conflict, look: "number" },
        { name: counts.rejected, look: "number" },
        { name: t.sources.gapsShort, look: "number" },
      ]}
    >
      {sources.map((source) => (
        <tr key={source.id}>
          <th scope="row">
            <a href={sourceLink(source.id, view.zone)}>{source.name}</a>
            <span className="quiet under">{titleOf(source.kind)}</span>
          </th>
          <td className="source-state">
            <StandingTag source={source} />
            {source.enabled && source.problem !== null && (
              <span className="under">{sentence(source.problem.message)}</span>
            )}
          </td>
          <td>
            <Ago at={source.last_received_at} zone={zone} />
          </td>
          <td>
            <Moment at={source.since} zone={zone} />
          </td>
          <Counted
            count={source.counts.created}
            href={createdLink(source, view.zone)}
            label={t.sources.eventsOf(source.name)}
          />
          <Counted count={source.counts.duplicate} href={undefined} label={counts.duplicate} />
          <Counted
            count={source.counts.conflict}
            href={sourceLink(source.id, view.zone)}
            label={t.sources.refusedOf(source.name)}
          />
          <Counted
            count={source.counts.rejected}
            href={sourceLink(source.id, view.zone)}
            label={t.sources.refusedOf(source.name)}
          />
          <Counted
            count={source.gap_count}
            href={sourceLink(source.id, view.zone)}
            label={`${t.sources.gaps}: ${source.name}`}
          />
        </tr>
      ))}
    </FactsTable>
  );
}

interface CountedProps {
  readonly count: number;
  /** Where what was counted is; undefined where it is nowhere. */
  readonly href: string | undefined;
  readonly label: string;
}

function Counted({ count, href, label }: CountedProps) {
  return (
    <td className="is-number">
      {count === 0 || href === undefined ? (
        <span className={count === 0 ? "quiet" : undefined}>{number(count)}</span>
      ) : (
        <a href={href} aria-label={`${number(count)}: ${label}`}>
          {number(count)}
        </a>
      )}
    </td>
  );
}
