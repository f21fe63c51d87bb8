import type { ReactNode } from "react";
import type { Total } from "../api/answers.ts";
import type { RowsState } from "../rows/rows.ts";
import { explainProblem } from "../shared/explain-problem.ts";
import { Icon } from "../shared/icon.tsx";
import { plural } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import type { Sort } from "../view/view.ts";
import { columnOf } from "./columns.ts";

interface StatusLineProps {
  readonly state: RowsState;
  readonly sort: Sort;
  /** Whether the list follows what comes in. */
  readonly isLive: boolean;
  readonly onLive: (isLive: boolean) => void;
  /** Shows what came in. */
  readonly onNews: () => void;
  /** What is said of the saved view that is open. */
  readonly children?: ReactNode;
}

/** How many events there are and in which order, whether the list follows, whether the server is there. */
export function StatusLine({ state, sort, isLive, onLive, onNews, children }: StatusLineProps) {
  const { problem, length, phase, newsCount } = state;
  const isStale = problem !== undefined && length > 0;
  return (
    <div className="status">
      <p role="status">{phase === "ready" ? countSentence(state.total, sort) : phase === "loading" ? t.loading : ""}</p>
      {children}
      {isStale && (
        <p className="stale" role="alert">
          {t.list.stale(explainProblem(problem).title)}
        </p>
      )}
      {newsCount !== 0 && (
        <button type="button" className="button news" onClick={onNews}>
          {newsCount > 0 ? plural(newsCount, t.list.news) : t.list.changed}
        </button>
      )}
      <button
        type="button"
        className="bare live"
        aria-pressed={isLive}
        title={isLive ? t.list.pauseHint : t.list.liveHint}
        onClick={() => onLive(!isLive)}
      >
        <Icon name={isLive ? "pause" : "play"} />
        {isLive ? t.list.live : t.list.paused}
      </button>
    </div>
  );
}

function countSentence(total: Total | null, sort: Sort): string {
  const order = t.list.order(sort.field === "occurred_at" ? undefined : columnOf(sort.field).label, sort.order);
  if (total === null) return order;
  if (total.count === 0) return t.list.none;
  const count = plural(total.count, t.list.events);
  return `${total.exact ? count : t.list.moreThan(count)}, ${order}`;
}
