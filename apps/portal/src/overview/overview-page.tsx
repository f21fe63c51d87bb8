import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useApi } from "../api/api-context.ts";
import { actorNames } from "../event/actor-names.ts";
import { writeTerm } from "../event/filter-term.ts";
import { useCategoryNames } from "../event/use-category-names.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { Histogram } from "../timeline/histogram.tsx";
import { RangePicker, rangeName } from "../timeline/range-picker.tsx";
import { boundsOf, type TimeRange } from "../view/range.ts";
import { showView } from "../view/use-view.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { ActionNews } from "./action-news.tsx";
import { Panel, Ranked, type RankedRow } from "./ranked.tsx";
import { SourcesPanel } from "./sources-panel.tsx";

const RANGE: TimeRange = { kind: "last", span: "30d" };
const FAILED = "outcome:(failure OR denied)";
const VALUES = 8;

interface OverviewProps {
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** What happened lately: how much, of what kind, by whom, what failed, what is new and what stopped. */
export default function OverviewPage({ view, zone }: OverviewProps) {
  const api = useApi();
  const range = view.range.kind === "all" ? RANGE : view.range;
  const rangeKey = JSON.stringify(range);
  const [openedAtMs] = useState(Date.now);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a range is its text
  const bounds = useMemo(() => boundsOf(range, openedAtMs), [rangeKey, openedAtMs]);
  const shared = { placeholderData: keepPreviousData };
  const { data: counts, error } = useQuery({
    queryKey: ["overview", "counts", bounds, zone],
    queryFn: ({ signal }) => api.histogram({ query: "", ...bounds, zone }, signal),
    ...shared,
  });
  const { data: all } = useQuery({
    queryKey: ["overview", "facets", bounds],
    queryFn: ({ signal }) =>
      api.facets({ query: "", ...bounds, fields: ["category", "actor", "outcome", "verb"], limit: VALUES }, signal),
    ...shared,
  });
  const { data: failed } = useQuery({
    queryKey: ["overview", "failed", bounds],
    queryFn: ({ signal }) =>
      api.facets({ query: FAILED, ...bounds, fields: ["action", "actor"], limit: VALUES }, signal),
    ...shared,
  });
  const categories = useCategoryNames();
  const names = useMemo(
    () => actorNames([...(all?.facets.actor ?? []), ...(failed?.facets.actor ?? [])]),
    [all, failed],
  );
  const hrefOf = (query: string) => formatView({ ...PLAIN_VIEW, zone: view.zone, range, query });
  const rows = (answer: typeof all, field: string, also = ""): readonly RankedRow[] | undefined =>
    answer?.facets[field]?.map(({ value, count, ref }) => {
      const person = ref === undefined ? undefined : names.get(ref);
      const category = field === "category" ? categories.get(value) : undefined;
      const term = ref === undefined ? writeTerm(field, value) : writeTerm(`${field}.ref`, ref);
      return {
        label: person?.name ?? category ?? (ref === undefined ? value : t.person(ref)),
        count,
        href: hrefOf(`${person?.term ?? term}${also}`),
        person: ref,
      };
    });
  const bars = counts?.buckets.map(({ from, count }) => ({ fromMs: Date.parse(from), count }));
  const total = bars?.reduce((sum, { count }) => sum + count, 0);
  const outcome = (value: string) => all?.facets.outcome?.find((each) => each.value === value)?.count ?? 0;
  return (
    <Page
      title={t.pages.overview}
      lead={t.overview.lead(rangeName(range, zone))}
      tools={
        <RangePicker
          range={range}
          zone={zone}
          onRange={(chosen) => showView({ ...view, range: chosen }, "new")}
          onZone={(chosen) => showView({ ...view, zone: chosen }, "same")}
        />
      }
    >
      {counts === undefined && error !== null ? (
        <PageProblem error={error} />
      ) : (
        <>
          <ul className="numbers">
            <Figure label={t.overview.events} count={total} href={hrefOf("")} />
            <Figure label={t.overview.denied} count={all && outcome("denied")} href={hrefOf("outcome:denied")} />
            <Figure label={t.overview.failures} count={all && outcome("failure")} href={hrefOf("outcome:failure")} />
          </ul>
          <Panel title={t.overview.activity}>
            <Histogram
              bars={bars}
              interval={counts?.interval}
              zone={zone}
              {...bounds}
              onBrush={(fromMs, toMs) =>
                showView({ ...PLAIN_VIEW, zone: view.zone, range: { kind: "between", fromMs, toMs } }, "new")
              }
            />
          </Panel>
          <div className="panels">
            <Ranked title={t.overview.categories} rows={rows(all, "category")} />
            <Ranked title={t.overview.actors} rows={rows(all, "actor")} />
            <Ranked title={t.overview.failedActions} rows={rows(failed, "action", ` ${FAILED}`)} />
            <Ranked title={t.overview.failedActors} rows={rows(failed, "actor", ` ${FAILED}`)} />
            <ActionNews bounds={bounds} zone={zone} hrefOf={hrefOf} />
            <SourcesPanel bounds={bounds} zone={zone} hrefOf={hrefOf} />
          </div>
        </>
      )}
    </Page>
  );
}

interface FigureProps {
  readonly label: string;
  /** Undefined until it is counted. */
  readonly count: number | undefined;
  readonly href: string;
}

function Figure({ label, count, href }: FigureProps) {
  return (
    <li>
      <a href={href}>
        <strong>{count === undefined ? "…" : number(count)}</strong>
        <span>{label}</span>
      </a>
    </li>
  );
}
