import type { Problem } from "../api/problem.ts";
import { explainProblem } from "../shared/explain-problem.ts";
import { Notice } from "../shared/notice.tsx";
import type { EventList } from "./event-list.ts";
import { FirstSteps } from "./first-steps.tsx";

interface ListStateProps {
  readonly list: EventList;
  readonly query: string;
  readonly onReload: () => void;
  readonly onClear: () => void;
}

/** What stands in the place of the events while there are none. */
export function ListState({ list, query, onReload, onClear }: ListStateProps) {
  if (list.problem !== undefined) return <Failure problem={list.problem} onReload={onReload} />;
  if (list.phase === "loading") return <Skeleton />;
  if (query.trim() === "") return <FirstSteps size="whole" />;
  return (
    <Notice title="Nothing matches">
      <p>No event that search has seen matches this query.</p>
      <p>
        <button type="button" className="button" onClick={onClear}>
          Show all events
        </button>
      </p>
    </Notice>
  );
}

function Failure({ problem, onReload }: { readonly problem: Problem; readonly onReload: () => void }) {
  if (problem.kind === "refused" && problem.code === "query_invalid") {
    return (
      <Notice title="The query has a mistake">
        <p>It is marked above, under the character where it is. Correct it and press Enter.</p>
      </Notice>
    );
  }
  const { title, text } = explainProblem(problem);
  return (
    <Notice title={title}>
      <p role="alert">{text}</p>
      <p>
        <button type="button" className="button" onClick={onReload}>
          Try again now
        </button>
      </p>
    </Notice>
  );
}

/** Lines where the events will be, so that nothing jumps when they come. */
function Skeleton() {
  return (
    <div className="skeleton" role="status" aria-label="Loading events">
      {Array.from({ length: 12 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={i} />
      ))}
    </div>
  );
}
