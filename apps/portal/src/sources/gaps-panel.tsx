import type { Source, SourceGap } from "../api/source-answers.ts";
import { Panel } from "../overview/ranked.tsx";
import { sentence } from "../shared/explain-problem.ts";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import type { View } from "../view/view.ts";
import { gapLink, gapsLink } from "./source-links.ts";

interface GapsPanelProps {
  readonly source: Source;
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** Times of which events may be missing, each with the log of that time. */
export function GapsPanel({ source, view, zone }: GapsPanelProps) {
  const { gaps, gap_count: count } = source;
  if (gaps.length === 0)
    return (
      <Panel title={t.sources.gaps}>
        <p className="quiet">{t.sources.gapsNone}</p>
      </Panel>
    );
  return (
    <Panel title={t.sources.gaps} note={t.sources.gapsText}>
      <ul className="gap-list">
        {gaps.toReversed().map((gap) => (
          <li key={`${gap.from} ${gap.to} ${gap.reason}`}>
            <GapRange gap={gap} view={view} zone={zone} />
            {gap.reason !== "" && <span className="quiet under">{sentence(gap.reason)}</span>}
          </li>
        ))}
      </ul>
      {count > gaps.length && <p className="quiet">{t.sources.gapsMore(gaps.length, count)}</p>}
      <p>
        <a href={gapsLink(source, view.zone)}>{t.sources.gapsAll}</a>
      </p>
    </Panel>
  );
}

interface GapRangeProps {
  readonly gap: SourceGap;
  readonly view: View;
  readonly zone: string;
}

function GapRange({ gap, view, zone }: GapRangeProps) {
  const href = gapLink(gap, view.zone);
  const range = `${showMinute(gap.from, zone)} – ${showMinute(gap.to, zone)}`;
  return href === undefined ? <span>{range}</span> : <a href={href}>{range}</a>;
}
