import type { ReactNode } from "react";
import type { Source, SourceCounts } from "../api/source-answers.ts";
import { Panel } from "../overview/ranked.tsx";
import { sentence } from "../shared/explain-problem.ts";
import { Ago, Moment } from "../shared/moment.tsx";
import { number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import type { View } from "../view/view.ts";
import { createdLink } from "./source-links.ts";
import { StandingTag } from "./standing-tag.tsx";

interface StandingPanelProps {
  readonly source: Source;
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

const COUNTS = [
  "created",
  "duplicate",
  "conflict",
  "rejected",
  "skipped",
] as const satisfies readonly (keyof SourceCounts)[];

/** How a source is doing: since when, what came, and why it does not get on. */
export function StandingPanel({ source, view, zone }: StandingPanelProps) {
  const { problem, counts, warnings } = source;
  const created = createdLink(source, view.zone);
  return (
    <Panel title={t.sources.standing}>
      {source.enabled && problem !== null && (
        <div className="source-problem">
          <p>
            <strong>{sentence(problem.message)}</strong>
          </p>
          <p>{t.sources.problemSince(showMinute(problem.since, zone), problem.attempts)}</p>
        </div>
      )}
      {!source.enabled && <p>{t.sources.off}</p>}
      <dl className="facts">
        <Fact name={t.sources.state}>
          <StandingTag source={source} />
        </Fact>
        <Fact name={t.sources.since}>
          <Moment at={source.since} zone={zone} />
        </Fact>
        <Fact name={t.sources.lastReceived}>
          <Ago at={source.last_received_at} zone={zone} />
        </Fact>
        {(source.arrives === "poller" || source.arrives === "folder") && (
          <Fact name={t.sources.lastPolled}>
            <Ago at={source.last_polled_at} zone={zone} />
          </Fact>
        )}
        <Fact name={t.sources.setUpAt}>
          <Moment at={source.created_at} zone={zone} />
        </Fact>
        {source.event_source !== null && (
          <Fact name={t.sources.eventSource}>
            <code>{source.event_source}</code>
          </Fact>
        )}
        {COUNTS.map((name) => (
          <Fact key={name} name={t.sources.counts[name]}>
            {name === "created" && counts.created > 0 && created !== undefined ? (
              <a href={created} aria-label={`${number(counts.created)}: ${t.sources.eventsOf(source.name)}`}>
                {number(counts.created)}
              </a>
            ) : (
              number(counts[name])
            )}{" "}
            <span className="quiet">{t.sources.countTexts[name]}</span>
          </Fact>
        ))}
      </dl>
      {warnings.length > 0 && (
        <>
          <p>{t.sources.warnings}:</p>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{sentence(warning)}</li>
            ))}
          </ul>
        </>
      )}
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
