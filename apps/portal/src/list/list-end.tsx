import { useEffect, useRef } from "react";
import { explainProblem } from "../shared/explain-problem.ts";
import type { EventList } from "./event-list.ts";

/** How far ahead of the end the next page is fetched. */
const AHEAD = "800px";

interface ListEndProps {
  readonly list: EventList;
  readonly onMore: () => void;
}

/** The end of what has been fetched: asks for more when it comes near, and says so when there is no more. */
export function ListEnd({ list, onMore }: ListEndProps) {
  const end = useRef<HTMLDivElement>(null);
  const { next, isLoadingMore, problem } = list;
  const count = list.events.length;
  // Observed anew after each page: an end that stays in sight does not cross the edge again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the count is what changes
  useEffect(() => {
    if (end.current === null || next === null || problem !== undefined) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onMore();
      },
      { root: end.current.closest(".list"), rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [next, count, problem, onMore]);
  return (
    <div ref={end} className="list-end quiet">
      {problem !== undefined && next !== null ? (
        <p>
          {explainProblem(problem).title}.{" "}
          <button type="button" className="button" onClick={onMore}>
            Load more
          </button>
        </p>
      ) : isLoadingMore ? (
        <p role="status">Loading more …</p>
      ) : next === null ? (
        <p>The beginning of the log, as far as this query goes.</p>
      ) : null}
    </div>
  );
}
