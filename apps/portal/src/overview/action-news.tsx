import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import { writeTerm } from "../event/filter-term.ts";
import { plural } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import { showLabel } from "../view/times.ts";
import { formatView, PLAIN_VIEW } from "../view/view.ts";
import { Panel } from "./ranked.tsx";
import { stoppedActions } from "./stopped-actions.ts";

interface ActionNewsProps {
  readonly bounds: Bounds;
  /** IANA name. */
  readonly zone: string;
  readonly hrefOf: (query: string) => string;
}

/** As many actions as the server counts at once. */
const COUNTED = 100;
const SHOWN = 8;

/** Actions that came in for the first time, and actions that used to come in and no longer do. */
export function ActionNews({ bounds, zone, hrefOf }: ActionNewsProps) {
  const api = useApi();
  const { data: catalog } = useQuery({ queryKey: ["actions"], queryFn: ({ signal }) => api.actions(signal) });
  const { data: stopped } = useQuery({
    queryKey: ["overview", "stopped", bounds],
    queryFn: async ({ signal }) => {
      const toMs = bounds.toMs ?? Date.now();
      const fromMs = bounds.fromMs ?? toMs;
      const before = { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
      const count = async (scope: Bounds) =>
        (await api.facets({ query: "", ...scope, fields: ["action"], limit: COUNTED }, signal)).facets.action ?? [];
      const [earlier, now] = await Promise.all([count(before), count(bounds)]);
      return stoppedActions(earlier, now, { counted: COUNTED });
    },
    enabled: bounds.fromMs !== undefined,
  });
  const isIn = (moment: string | null) => {
    const ms = Date.parse(moment ?? "");
    return ms >= (bounds.fromMs ?? 0) && ms < (bounds.toMs ?? Number.POSITIVE_INFINITY);
  };
  const fresh = [...(catalog?.actions ?? []), ...(catalog?.new ?? [])]
    .filter(({ first_seen_at }) => isIn(first_seen_at))
    .toSorted((a, b) => Date.parse(b.first_seen_at ?? "") - Date.parse(a.first_seen_at ?? ""));
  return (
    <>
      <Panel title={t.overview.fresh} note={t.overview.freshNote}>
        {catalog === undefined ? (
          <p className="quiet">{t.loading}</p>
        ) : fresh.length === 0 ? (
          <p className="quiet">{t.overview.nothing}</p>
        ) : (
          <ul className="plain-list">
            {fresh.slice(0, SHOWN).map(({ action, first_seen_at }) => (
              <li key={action}>
                <a href={hrefOf(writeTerm("action", action))}>{action}</a>
                <span className="quiet">{showLabel(Date.parse(first_seen_at ?? ""), zone, "day")}</span>
              </li>
            ))}
            {fresh.length > SHOWN && (
              <li>
                <a href={formatView({ ...PLAIN_VIEW, page: "actions" })}>{t.overview.others(fresh.length - SHOWN)}</a>
              </li>
            )}
          </ul>
        )}
      </Panel>
      <Panel title={t.overview.stopped} note={t.overview.stoppedNote}>
        {stopped === undefined ? (
          <p className="quiet">{t.loading}</p>
        ) : stopped.length === 0 ? (
          <p className="quiet">{t.overview.nothing}</p>
        ) : (
          <ul className="plain-list">
            {stopped.slice(0, SHOWN).map(({ value, count }) => (
              <li key={value}>
                <a href={hrefOf(writeTerm("action", value))}>{value}</a>
                <span className="quiet">{t.overview.before(plural(count, t.list.events))}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}
