import type { RecordedEvent } from "@cairn/event";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useApi } from "../api/api-context.ts";
import { isRefusal } from "../api/problem.ts";
import { EventDetail } from "../detail/event-detail.tsx";
import { narrow } from "../event/filter-term.ts";
import { ExportDialog } from "../exports/export-dialog.tsx";
import { FacetPanel } from "../facets/facet-panel.tsx";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { QueryBox } from "../query/query-box.tsx";
import { QueryHelp } from "../query/query-help.tsx";
import { useFollowing, useRows } from "../rows/use-rows.ts";
import { SavedViewsMenu } from "../saved-views/saved-views-menu.tsx";
import { ViewState } from "../saved-views/view-state.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { Icon } from "../shared/icon.tsx";
import { useNarrow } from "../shared/use-narrow.ts";
import { t } from "../texts/texts.ts";
import { Histogram } from "../timeline/histogram.tsx";
import { RangePicker } from "../timeline/range-picker.tsx";
import { storedZone } from "../timeline/zone-choice.tsx";
import { boundsOf } from "../view/range.ts";
import { showView } from "../view/use-view.ts";
import { formatPlace, type View } from "../view/view.ts";
import { zoneName } from "../view/zones.ts";
import { USUAL_COLUMNS } from "./columns.ts";
import { rowPixels, useDensity } from "./density.ts";
import { ListBody } from "./list-body.tsx";
import { StatusLine } from "./status-line.tsx";
import { useSelection } from "./use-selection.ts";
import { useSettledState } from "./use-settled-state.ts";
import { useWindow } from "./use-window.ts";
import { ViewMenu } from "./view-menu.tsx";

interface LogPageProps {
  readonly view: View;
  /** Whether single keys do something. */
  readonly isKeyed: boolean;
  readonly queryInput: RefObject<HTMLInputElement | null>;
}

/** A tenant's log: query, time, facets, events, one event's detail. */
export function LogPage({ view, isKeyed, queryInput }: LogPageProps) {
  const api = useApi();
  const zone = zoneName(view.zone ?? storedZone());
  const isNarrow = useNarrow();
  const [density, setDensity] = useDensity();
  const [dialog, setDialog] = useState<"query" | "export" | "facets">();
  const [isLive, setLive] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const { query, range, sort, place } = view;
  const { state: current, rows, askedAtMs, isAnswered, reload } = useRows({ api, query, range, zone, sort });
  const { state, isBusy } = useSettledState(current);
  const rowPx = rowPixels(density, isNarrow ? "card" : "row");
  const shown = useWindow(scroller, state, rowPx);
  const selection = useSelection(state, shown, scroller);
  const bounds = boundsOf(range, askedAtMs);
  useFollowing(rows, { isOn: isLive, isAtTop: shown.isAtTop });
  useArrival(view.at, shown.jumpTo, state.bars === undefined ? undefined : state.indexAt);

  // Handlers stay the same from one rendering to the next, so that a row is drawn again only when it changes.
  const now = useRef({ view, selection, isNarrow, reload, shown });
  useEffect(() => {
    now.current = { view, selection, isNarrow, reload, shown };
  });
  const change = useCallback((part: Partial<View>) => {
    now.current.shown.jumpTo(0);
    showView({ ...now.current.view, at: undefined, ...part }, "new");
  }, []);
  const ask = useCallback(
    (asked: string) => {
      if (asked === now.current.view.query) now.current.reload();
      change({ query: asked });
    },
    [change],
  );
  const filter = useCallback(
    (term: string) => {
      const { view: seen, isNarrow: isFullScreen } = now.current;
      change({ query: narrow(seen.query, term), ...(isFullScreen ? { place: undefined } : {}) });
    },
    [change],
  );
  const show = useCallback((asked: View) => {
    now.current.shown.jumpTo(0);
    showView(asked, "new");
  }, []);
  const open = useCallback(({ ledger, sequence }: RecordedEvent) => {
    const { view: seen } = now.current;
    showView({ ...seen, place: { ledger, sequence } }, seen.place === undefined ? "new" : "same");
  }, []);
  const close = useCallback(() => {
    const { view: seen, selection: keyboard } = now.current;
    showView({ ...seen, place: undefined }, "new");
    if (seen.place !== undefined) keyboard.focusRow(seen.place);
  }, []);
  const { select } = selection;
  useEffect(() => {
    if (place !== undefined) select(place);
  }, [place, select]);

  const step = (by: 1 | -1) => {
    const event = selection.step(by);
    if (event === undefined) return;
    if (place === undefined) selection.focusRow(event);
    else open(event);
  };
  useShortcuts(
    [
      { key: "/", run: () => queryInput.current?.select() },
      { key: "j", run: () => step(1) },
      { key: "k", run: () => step(-1) },
      { key: "e", run: () => setDialog("export") },
      {
        key: "Enter",
        run() {
          const event = state.at(selection.active === undefined ? -1 : state.indexOf(selection.active));
          if (event !== undefined) open(event);
        },
      },
      {
        key: "Escape",
        run() {
          if (document.activeElement === queryInput.current) queryInput.current?.blur();
          else if (place !== undefined) close();
        },
      },
    ],
    { isOn: isKeyed },
  );

  const { problem } = state;
  const fault = problem?.kind === "refused" && isRefusal(problem, "query_invalid") ? problem : undefined;
  const isCovered = isNarrow && place !== undefined;
  const columns = view.columns ?? USUAL_COLUMNS;
  const facets = <FacetPanel scope={{ query, ...bounds }} isCounted={isAnswered} onAsk={ask} />;
  const [first, last] = [
    state.timeAt(Math.ceil(shown.position)),
    state.timeAt(Math.floor(shown.position) + shown.fitting - 2),
  ];
  return (
    <div className={`log${place === undefined ? "" : " has-detail"}`}>
      <main className="log-main" inert={isCovered}>
        <h1 className="hidden">{t.pages.events}</h1>
        <div className="bar">
          <QueryBox
            query={query}
            bounds={bounds}
            problem={fault}
            input={queryInput}
            onAsk={ask}
            onHelp={() => setDialog("query")}
          />
          <div className="bar-tools">
            <RangePicker
              range={range}
              zone={zone}
              onRange={(chosen) => change({ range: chosen })}
              onZone={(chosen) => showView({ ...view, zone: chosen }, "same")}
            />
            {isNarrow && (
              <button type="button" className="button" onClick={() => setDialog("facets")}>
                <Icon name="filter" />
                <span className="button-text">{t.facets.button}</span>
              </button>
            )}
            <SavedViewsMenu view={view} zone={zone} onShow={show} />
            <ViewMenu
              columns={columns}
              density={density}
              onColumns={(chosen) => showView({ ...view, columns: chosen }, "same")}
              onDensity={setDensity}
            />
            <button type="button" className="button" title={t.exports.hint} onClick={() => setDialog("export")}>
              <Icon name="download" />
              <span className="button-text">{t.exports.button}</span>
            </button>
          </div>
        </div>
        <Histogram
          bars={state.bars}
          interval={state.interval}
          zone={zone}
          {...bounds}
          sight={
            first === undefined || last === undefined
              ? undefined
              : { fromMs: Math.min(first, last), toMs: Math.max(first, last) }
          }
          onBrush={(fromMs, toMs) => change({ range: { kind: "between", fromMs, toMs } })}
        />
        <StatusLine
          state={state}
          sort={sort}
          isLive={isLive}
          onLive={setLive}
          onNews={() => {
            shown.jumpTo(0);
            if (rows !== undefined && sort.field === "occurred_at") void rows.look("top");
            else reload();
          }}
        >
          <ViewState view={view} zone={zone} onShow={show} />
        </StatusLine>
        {!isNarrow && (
          <aside className="side" aria-label={t.facets.label}>
            <h2 className="hidden">{t.facets.label}</h2>
            {facets}
          </aside>
        )}
        <ListBody
          scroller={scroller}
          state={state}
          rows={rows}
          shown={shown}
          rowPx={rowPx}
          density={density}
          view={view}
          columns={columns}
          zone={zone}
          bounds={bounds}
          active={selection.active}
          isBusy={isBusy}
          onOpen={open}
          onFilter={filter}
          onChange={change}
          onReload={reload}
        />
      </main>
      {place !== undefined && (
        <EventDetail
          key={formatPlace(place)}
          place={place}
          known={state.at(state.indexOf(place))}
          view={view}
          zone={zone}
          onFilter={filter}
          onClose={close}
        />
      )}
      {dialog === "query" && (
        <QueryHelp
          onTry={(tried) => {
            setDialog(undefined);
            ask(tried);
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === "facets" && (
        <Dialog title={t.facets.label} onClose={() => setDialog(undefined)}>
          {facets}
        </Dialog>
      )}
      {dialog === "export" && (
        <ExportDialog
          view={view}
          columns={columns}
          zone={zone}
          bounds={bounds}
          state={state}
          onClose={() => setDialog(undefined)}
        />
      )}
    </div>
  );
}

/** Opens the list at a moment that the address names, once the counts say where that is. */
function useArrival(
  at: number | undefined,
  jumpTo: (index: number) => void,
  indexAt: ((ms: number) => number | undefined) | undefined,
): void {
  const arrived = useRef<number>(undefined);
  useEffect(() => {
    if (at === undefined || indexAt === undefined || arrived.current === at) return;
    const index = indexAt(at);
    if (index === undefined) return;
    arrived.current = at;
    // A few rows above it, so that what came before and after are both seen.
    jumpTo(Math.max(0, index - 5));
  }, [at, jumpTo, indexAt]);
}
