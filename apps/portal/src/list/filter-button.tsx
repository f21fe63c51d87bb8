import type { ReactNode } from "react";
import { t } from "../texts/texts.ts";

/** Narrows the query by a condition. */
export type OnFilter = (term: string) => void;

interface FilterButtonProps {
  /** Undefined: there is nothing to filter by, and the value is text. */
  readonly term: string | undefined;
  readonly onFilter: OnFilter;
  /** In a long list only the row at hand is reached by Tab. */
  readonly isReachable?: boolean;
  readonly isPlain?: boolean;
  readonly children: ReactNode;
}

/** A value that narrows the query to itself; with Alt, to everything else. */
export function FilterButton({ term, onFilter, isReachable = true, isPlain = false, children }: FilterButtonProps) {
  if (term === undefined || isPlain) return <span className="plain-value">{children}</span>;
  return (
    <button
      type="button"
      className="value"
      title={t.list.filterBy(term)}
      tabIndex={isReachable ? 0 : -1}
      onClick={(event) => onFilter(event.altKey ? `-${term}` : term)}
    >
      {children}
    </button>
  );
}
