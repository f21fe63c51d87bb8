import type { ReactNode } from "react";

/** Narrows the query by a condition. */
export type OnFilter = (term: string) => void;

interface FilterButtonProps {
  readonly term: string;
  readonly onFilter: OnFilter;
  /** In a long list only the row at hand is reached by Tab. */
  readonly isReachable?: boolean;
  readonly children: ReactNode;
}

/** A value that narrows the query to itself; with Alt, to everything else. */
export function FilterButton({ term, onFilter, isReachable = true, children }: FilterButtonProps) {
  return (
    <button
      type="button"
      className="value"
      title={`Filter by ${term} (with Alt: leave it out)`}
      tabIndex={isReachable ? 0 : -1}
      onClick={(event) => onFilter(event.altKey ? `-${term}` : term)}
    >
      {children}
    </button>
  );
}
