import type { Total } from "../api/answers.ts";
import { explainProblem } from "../shared/explain-problem.ts";
import type { EventList } from "./event-list.ts";

interface StatusLineProps {
  readonly list: EventList;
  /** Fetches the list again. */
  readonly onReload: () => void;
  readonly onTop: () => void;
}

/** How many events there are, whether the server is there, whether new ones wait. */
export function StatusLine({ list, onReload, onTop }: StatusLineProps) {
  const isStale = list.problem !== undefined && list.events.length > 0;
  return (
    <div className="status">
      <p role="status">
        {list.phase === "ready" ? countSentence(list.total) : list.phase === "loading" ? "Loading …" : ""}
      </p>
      {isStale && (
        <p className="stale" role="alert">
          {explainProblem(list.problem).title}. This is what it said last.
        </p>
      )}
      {list.hasNews && (
        <button
          type="button"
          className="button news"
          onClick={() => {
            onTop();
            onReload();
          }}
        >
          New events: show them
        </button>
      )}
    </div>
  );
}

function countSentence(total: Total | null): string {
  if (total === null) return "Newest first";
  if (total.count === 0) return "No events";
  const count = `${total.exact ? "" : "More than "}${total.count.toLocaleString("en")}`;
  return `${count} ${total.count === 1 ? "event" : "events"}, newest first`;
}
