import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import { gapName } from "../coverage/coverage.tsx";
import { readSources, useCoverage } from "../coverage/use-coverage.ts";
import { writeTerm } from "../event/filter-term.ts";
import { plural } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import { showMinute } from "../view/times.ts";
import { Panel } from "./ranked.tsx";

interface SourcesPanelProps {
  readonly bounds: Bounds;
  /** IANA name. */
  readonly zone: string;
  readonly hrefOf: (query: string) => string;
}

/** Where events come from: since when, until when, and the days without any. */
export function SourcesPanel({ bounds, zone, hrefOf }: SourcesPanelProps) {
  const api = useApi();
  const { data: sources } = useQuery({
    queryKey: ["sources"],
    queryFn: ({ signal }) => readSources(api, signal),
    staleTime: 60_000,
  });
  const { data: coverage } = useCoverage(bounds, zone);
  return (
    <Panel title={t.overview.sources} width="full">
      {sources === undefined ? (
        <p className="quiet">{t.loading}</p>
      ) : (
        <table className="facts-table">
          <thead>
            <tr>
              <th scope="col">{t.overview.source}</th>
              <th scope="col">{t.overview.since}</th>
              <th scope="col">{t.overview.last}</th>
            </tr>
          </thead>
          <tbody>
            {sources.map(({ source, firstMs, lastMs, count }) => (
              <tr key={source}>
                <th scope="row">
                  <a href={hrefOf(writeTerm("source", source))} title={plural(count, t.list.events)}>
                    {source}
                  </a>
                </th>
                <td>{showMinute(firstMs, zone)}</td>
                <td>{showMinute(lastMs, zone)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {coverage?.gaps !== undefined && (
        <p className="quiet">
          {coverage.gaps.length === 0
            ? t.coverage.noGaps(coverage.unit)
            : t.coverage.gaps(coverage.gaps.map((gap) => gapName(gap, coverage.unit, zone)))}
        </p>
      )}
    </Panel>
  );
}
