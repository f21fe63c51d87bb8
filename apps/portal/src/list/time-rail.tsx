import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { RowsState } from "../rows/rows.ts";
import type { Order } from "../rows/spans.ts";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import { railTicks } from "./rail-ticks.ts";
import type { ListWindow } from "./use-window.ts";

interface TimeRailProps {
  readonly state: RowsState;
  readonly shown: ListWindow;
  readonly order: Order;
  /** IANA name. */
  readonly zone: string;
}

/** Rows so few that they are all in sight need no scroll bar. */
const SHARE_OF_STEP = 0.1;

/** The scroll bar of the list, and its axis of time: where the dates stand, and where the reader is. */
export function TimeRail({ state, shown, order, zone }: TimeRailProps) {
  const rail = useRef<HTMLDivElement>(null);
  const [isDragged, setDragged] = useState(false);
  const { length, bars, timeAt } = state;
  const moves = Math.max(0, length - shown.fitting + 1);
  if (bars === undefined || moves <= 1) return <div className="rail is-empty" aria-hidden="true" />;

  const share = Math.min(1, shown.position / moves);
  const about = timeAt(Math.ceil(shown.position)) ?? 0;
  const goTo = (event: PointerEvent) => {
    const box = rail.current?.getBoundingClientRect();
    if (box === undefined) return;
    shown.jumpTo(Math.round(Math.max(0, Math.min(1, (event.clientY - box.top) / box.height)) * moves));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: shown.position - shown.fitting + 2,
      ArrowDown: shown.position + shown.fitting - 2,
      PageUp: shown.position - length * SHARE_OF_STEP,
      PageDown: shown.position + length * SHARE_OF_STEP,
      Home: 0,
      End: moves,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    shown.jumpTo(Math.max(0, Math.round(next)));
  };
  const ticks = railTicks({ bars, order, length, zone, heightPx: rail.current?.clientHeight ?? 500 });
  return (
    <div
      ref={rail}
      className={`rail${isDragged ? " is-dragged" : ""}`}
      role="slider"
      tabIndex={0}
      aria-label={t.list.rail}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={length}
      aria-valuenow={Math.round(shown.position)}
      aria-valuetext={showMinute(about, zone)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(true);
        goTo(event);
      }}
      onPointerMove={(event) => {
        if (isDragged) goTo(event);
      }}
      onPointerUp={() => setDragged(false)}
      onPointerCancel={() => setDragged(false)}
    >
      {ticks.map(({ label, share: at, kind }) => (
        <span key={`${label}${at}`} className={`rail-tick rail-${kind}`} style={{ top: `${100 * at}%` }}>
          {label}
        </span>
      ))}
      <span className="rail-thumb" style={{ top: `${100 * share}%` }}>
        <span className="rail-moment">{showMinute(about, zone)}</span>
      </span>
    </div>
  );
}
