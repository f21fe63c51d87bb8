import type { Problem } from "../api/problem.ts";
import { Coverage } from "../coverage/coverage.tsx";
import type { RowsState } from "../rows/rows.ts";
import { explainProblem } from "../shared/explain-problem.ts";
import { Notice } from "../shared/notice.tsx";
import { t } from "../texts/texts.ts";
import { ALL_TIME, type Bounds } from "../view/range.ts";
import { PLAIN_VIEW, type View } from "../view/view.ts";
import { FirstSteps } from "./first-steps.tsx";

interface ListStateProps {
  readonly state: RowsState;
  readonly view: View;
  readonly bounds: Bounds;
  /** IANA name. */
  readonly zone: string;
  readonly onReload: () => void;
  readonly onChange: (part: Partial<View>) => void;
}

/** What stands in the place of the events while there are none. */
export function ListState({ state, view, bounds, zone, onReload, onChange }: ListStateProps) {
  const { problem } = state;
  if (problem !== undefined)
    return <Failure problem={problem} sort={view.sort.field} onReload={onReload} onChange={onChange} />;
  if (state.phase === "loading") return <Skeleton />;
  const isNarrowed = view.range.kind !== "all";
  if (view.query.trim() === "" && !isNarrowed) return <FirstSteps size="whole" />;
  return (
    <Notice title={t.empty.title}>
      <p>{isNarrowed ? t.empty.inRange : t.empty.text}</p>
      <p className="notice-actions">
        {isNarrowed && (
          <button type="button" className="button" onClick={() => onChange({ range: ALL_TIME })}>
            {t.empty.allTime}
          </button>
        )}
        {view.query.trim() !== "" && (
          <button type="button" className="button" onClick={() => onChange({ query: "" })}>
            {t.empty.allEvents}
          </button>
        )}
      </p>
      <Coverage bounds={bounds} zone={zone} />
    </Notice>
  );
}

interface FailureProps extends Pick<ListStateProps, "onReload" | "onChange"> {
  readonly problem: Problem;
  readonly sort: string;
}

function Failure({ problem, sort, onReload, onChange }: FailureProps) {
  if (problem.kind === "refused" && problem.code === "query_invalid") {
    return (
      <Notice title={t.empty.mistake}>
        <p>{t.empty.mistakeText}</p>
      </Notice>
    );
  }
  const { title, text } = explainProblem(problem);
  return (
    <Notice title={title}>
      <p role="alert">{text}</p>
      <p className="notice-actions">
        <button type="button" className="button" onClick={onReload}>
          {t.again}
        </button>
        {sort !== "occurred_at" && (
          <button type="button" className="button" onClick={() => onChange({ sort: PLAIN_VIEW.sort })}>
            {t.empty.byTime}
          </button>
        )}
      </p>
    </Notice>
  );
}

/** Lines where the events will be, so that nothing jumps when they come. */
function Skeleton() {
  return (
    <div className="skeleton" role="status" aria-label={t.list.loading}>
      {Array.from({ length: 12 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={i} />
      ))}
    </div>
  );
}
