import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import { showLabel, showMinute } from "../view/times.ts";
import type { Gap } from "./gaps.ts";
import { useCoverage } from "./use-coverage.ts";

interface CoverageProps {
  readonly bounds: Bounds;
  /** IANA name. */
  readonly zone: string;
}

/** Says since when there are records and where there are none: what is not recorded may have happened all the same. */
export function Coverage({ bounds, zone }: CoverageProps) {
  const { data } = useCoverage(bounds, zone);
  if (data?.firstMs === undefined) return null;
  const { firstMs, sources, gaps, unit } = data;
  const isBefore = bounds.fromMs === undefined || bounds.fromMs < firstMs;
  return (
    <section className="coverage" aria-label={t.coverage.label}>
      <p>{t.coverage.since(showMinute(firstMs, zone), isBefore)}</p>
      {sources.length > 1 && (
        <ul>
          {sources.map(({ source, firstMs: from, lastMs }) => (
            <li key={source}>{t.coverage.source(source, showMinute(from, zone), showMinute(lastMs, zone))}</li>
          ))}
        </ul>
      )}
      {gaps !== undefined && (
        <p>
          {gaps.length === 0 ? t.coverage.noGaps(unit) : t.coverage.gaps(gaps.map((gap) => gapName(gap, unit, zone)))}
        </p>
      )}
    </section>
  );
}

/** What a gap is called: a day, or its first and its last. */
export function gapName({ fromMs, toMs }: Gap, unit: "hour" | "day", zone: string): string {
  const first = showLabel(fromMs, zone, unit);
  if (unit === "hour") return `${first} – ${showLabel(toMs, zone, "hour")}`;
  const last = showLabel(toMs - 1, zone, unit);
  return first === last ? first : `${first} – ${last}`;
}
