import type { RecordedEvent } from "@cairn/event";
import { useCallback, useEffect, useRef, useState } from "react";
import type { TenantAnswer } from "../api/answers.ts";
import type { Api } from "../api/client.ts";
import { isRefusal } from "../api/problem.ts";
import markUrl from "../cairn.svg";
import { EventDetail } from "../detail/event-detail.tsx";
import { narrow } from "../event/filter-term.ts";
import { KeysDialog } from "../keyboard/keys-dialog.tsx";
import { areShortcutsOn, setShortcuts, useShortcuts } from "../keyboard/shortcuts.ts";
import { Icon } from "../shared/icon.tsx";
import { useNarrow } from "../shared/use-narrow.ts";
import { showView, useView } from "../view/use-view.ts";
import { formatPlace, isSamePlace } from "../view/view.ts";
import { storedZone, ZoneSwitch } from "../view/zone-switch.tsx";
import { EventTable } from "./event-table.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { ListEnd } from "./list-end.tsx";
import { ListState } from "./list-state.tsx";
import { QueryBox } from "./query-box.tsx";
import { QueryHelp } from "./query-help.tsx";
import { StatusLine } from "./status-line.tsx";
import { useEventList } from "./use-event-list.ts";
import { useSelection } from "./use-selection.ts";

/** Closer to the beginning than this, new events are put on top; further down nothing may move under the reader. */
const TOP_PX = 24;

interface LogPageProps {
  readonly api: Api;
  readonly tenant: TenantAnswer;
  readonly onSignOut: () => void;
}

/** A tenant's log: query, events, one event's detail. */
export function LogPage({ api, tenant, onSignOut }: LogPageProps) {
  const view = useView();
  const zone = view.zone ?? storedZone();
  const isNarrow = useNarrow();
  const scroller = useRef<HTMLElement>(null);
  const queryInput = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<"keys" | "query">();
  const [isKeyed, setKeyed] = useState(areShortcutsOn);
  const isAtTop = () => (scroller.current?.scrollTop ?? 0) < TOP_PX;
  const { list, loadMore, reload } = useEventList(api, view.query, isAtTop);
  const selection = useSelection(list.events, scroller);
  const { place } = view;

  // Handlers stay the same from one rendering to the next, so that a row is drawn again only when it changes.
  const now = useRef({ view, selection, isNarrow });
  useEffect(() => {
    now.current = { view, selection, isNarrow };
  });
  const ask = useCallback(
    (query: string) => {
      const { view: shown } = now.current;
      if (query === shown.query) reload();
      else showView({ ...shown, query }, "new");
      scroller.current?.scrollTo({ top: 0 });
    },
    [reload],
  );
  const filter = useCallback(
    (term: string) => {
      const { view: shown, isNarrow: isFullScreen } = now.current;
      if (isFullScreen) showView({ ...shown, place: undefined }, "new");
      ask(narrow(shown.query, term));
    },
    [ask],
  );
  const open = useCallback(({ ledger, sequence }: RecordedEvent) => {
    const { view: shown } = now.current;
    showView({ ...shown, place: { ledger, sequence } }, shown.place === undefined ? "new" : "same");
  }, []);
  const close = useCallback(() => {
    const { view: shown, selection: rows } = now.current;
    showView({ ...shown, place: undefined }, "new");
    if (shown.place !== undefined) rows.focusRow(shown.place);
  }, []);
  const { select } = selection;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a state setter never changes
  useEffect(() => {
    if (place !== undefined) select(place);
  }, [place]);

  const step = (by: 1 | -1) => {
    const event = selection.step(by);
    if (event === undefined) {
      if (by === 1) loadMore();
    } else if (place === undefined) selection.focusRow(event);
    else open(event);
  };
  useShortcuts(
    [
      { key: "/", run: () => queryInput.current?.select() },
      { key: "j", run: () => step(1) },
      { key: "k", run: () => step(-1) },
      {
        key: "Enter",
        run() {
          const event = list.events.find((each) => isSamePlace(each, selection.active));
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
      { key: "?", run: () => setDialog("keys") },
    ],
    { isOn: isKeyed },
  );

  const { problem } = list;
  const fault = problem?.kind === "refused" && isRefusal(problem, "query_invalid") ? problem : undefined;
  const isDetailShown = place !== undefined;
  // Cairn writes an event of its own when it makes a key: a log of nothing else is still at its beginning.
  const isNew = view.query === "" && list.next === null && list.events.every((event) => event.source === "cairn");
  return (
    <div className={`log${isDetailShown ? " has-detail" : ""}`}>
      <header className="bar" inert={isNarrow && isDetailShown}>
        <h1 className="bar-name">
          <img src={markUrl} alt="Cairn" width="22" height="22" />
          <span>{tenant.name ?? tenant.tenant}</span>
        </h1>
        <QueryBox query={view.query} problem={fault} input={queryInput} onAsk={ask} onHelp={() => setDialog("query")} />
        <div className="bar-tools">
          <ZoneSwitch zone={zone} onChange={(chosen) => showView({ ...view, zone: chosen }, "same")} />
          <button type="button" className="bare" aria-label="Keys" title="Keys (?)" onClick={() => setDialog("keys")}>
            <Icon name="keys" />
          </button>
          <button type="button" className="button" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      </header>
      <main className="list" ref={scroller} inert={isNarrow && isDetailShown}>
        <StatusLine list={list} onReload={reload} onTop={() => scroller.current?.scrollTo({ top: 0 })} />
        {list.events.length === 0 ? (
          <ListState list={list} query={view.query} onReload={reload} onClear={() => ask("")} />
        ) : (
          <>
            <EventTable
              events={list.events}
              view={view}
              zone={zone}
              active={selection.active}
              isBusy={list.phase === "loading"}
              onOpen={open}
              onFilter={filter}
            />
            {isNew ? <FirstSteps size="beside" /> : <ListEnd list={list} onMore={loadMore} />}
          </>
        )}
      </main>
      {place !== undefined && (
        <EventDetail
          key={formatPlace(place)}
          api={api}
          place={place}
          known={list.events.find((event) => isSamePlace(event, place))}
          zone={zone}
          onFilter={filter}
          onClose={close}
        />
      )}
      {dialog === "keys" && (
        <KeysDialog
          isOn={isKeyed}
          onSwitch={(state) => {
            setShortcuts(state);
            setKeyed(state === "on");
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === "query" && (
        <QueryHelp
          onTry={(query) => {
            setDialog(undefined);
            ask(query);
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
    </div>
  );
}
