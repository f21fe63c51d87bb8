import type { RecordedEvent } from "@cairn/event";
import { type RefObject, useEffect, useMemo, useState } from "react";
import type { Place } from "../api/answers.ts";
import { Coverage } from "../coverage/coverage.tsx";
import { useCategoryNames } from "../event/use-category-names.ts";
import type { Rows, RowsState } from "../rows/rows.ts";
import { explainProblem } from "../shared/explain-problem.ts";
import { useNarrow } from "../shared/use-narrow.ts";
import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import type { View } from "../view/view.ts";
import { columnOf, fitColumns } from "./columns.ts";
import type { Density } from "./density.ts";
import { EventTable } from "./event-table.tsx";
import type { OnFilter } from "./filter-button.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { ListState } from "./list-state.tsx";
import { TimeRail } from "./time-rail.tsx";
import type { ListWindow } from "./use-window.ts";

/** Rows are asked for at once where the reader goes on, and after a moment where they fly by. */
const FLYING_MS = 60;
/** The columns of a card. */
const CARD_COLUMNS = ["date", "time", "actor", "action", "targets", "outcome"];
/** Cairn writes events of its own when it makes a key: a log of nothing else is still at its beginning. */
const MAX_OWN_EVENTS = 20;

interface ListBodyProps {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly state: RowsState;
  readonly rows: Rows | undefined;
  readonly shown: ListWindow;
  readonly rowPx: number;
  readonly density: Density;
  readonly view: View;
  readonly columns: readonly string[];
  readonly zone: string;
  readonly bounds: Bounds;
  readonly active: Place | undefined;
  readonly isBusy: boolean;
  readonly onOpen: (event: RecordedEvent) => void;
  readonly onFilter: OnFilter;
  readonly onChange: (part: Partial<View>) => void;
  readonly onReload: () => void;
}

/** The events, or what stands in their place, with the axis of time beside them. */
export function ListBody(props: ListBodyProps) {
  const { scroller, state, rows, shown, view, columns: names, zone, bounds, onChange, onReload } = props;
  const isNarrow = useNarrow();
  const widthPx = useWidth(scroller);
  const { first, last } = shown;
  useEffect(() => {
    const timer = setTimeout(() => rows?.need(first, last), FLYING_MS);
    return () => clearTimeout(timer);
  }, [rows, first, last]);
  const columns = useMemo(() => {
    if (isNarrow) return CARD_COLUMNS.map(columnOf);
    const all = names.map(columnOf);
    return view.columns === undefined && widthPx > 0 ? fitColumns(all, widthPx, charPixels()) : all;
  }, [isNarrow, names, view.columns, widthPx]);
  const categories = useCategoryNames();
  const isByTime = view.sort.field === "occurred_at";
  const isNew =
    view.query === "" && view.range.kind === "all" && state.isWhole && state.length < MAX_OWN_EVENTS && isOwn(state);
  return (
    <div
      className={`list list-${isNarrow ? "cards" : "rows"} list-${view.columns === undefined ? "usual" : "wide"} list-${props.density}`}
    >
      <div className={`list-scroll${isByTime ? " has-rail" : ""}`} ref={scroller}>
        {state.length === 0 ? (
          <ListState state={state} view={view} bounds={bounds} zone={zone} onReload={onReload} onChange={onChange} />
        ) : (
          <>
            <EventTable
              state={state}
              shown={shown}
              rowPx={props.rowPx}
              columns={columns}
              view={view}
              zone={zone}
              categories={categories}
              active={props.active}
              isBusy={props.isBusy}
              onOpen={props.onOpen}
              onFilter={props.onFilter}
              onSort={(sort) => onChange({ sort })}
            />
            {isNew ? (
              <FirstSteps size="beside" />
            ) : (
              last >= state.length - 1 && (
                <div className="list-end quiet">
                  {state.problem === undefined ? (
                    state.isWhole || isByTime ? (
                      <>
                        <p>{isByTime && view.sort.order === "desc" ? t.list.beginning : t.list.end}</p>
                        <Coverage bounds={bounds} zone={zone} />
                      </>
                    ) : (
                      <p role="status">{t.list.more}</p>
                    )
                  ) : (
                    <p>
                      {explainProblem(state.problem).title}.{" "}
                      <button type="button" className="button" onClick={onReload}>
                        {t.again}
                      </button>
                    </p>
                  )}
                </div>
              )
            )}
          </>
        )}
      </div>
      {isByTime && state.length > 0 && <TimeRail state={state} shown={shown} order={view.sort.order} zone={zone} />}
    </div>
  );
}

function isOwn(state: RowsState): boolean {
  return Array.from({ length: state.length }, (_, i) => state.at(i)).every((event) => event?.source === "cairn");
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Width of a digit in the letters of the list. */
function charPixels(): number {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return rem * 0.64;
}
