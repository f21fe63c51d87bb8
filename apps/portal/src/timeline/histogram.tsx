import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from "react";
import type { Interval } from "../api/answers.ts";
import type { Bar } from "../rows/spans.ts";
import { compactNumber, plural } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import { type Grain, showLabel } from "../view/times.ts";
import { type ChartColumn, chartColumns } from "./columns.ts";

interface HistogramProps extends Bounds {
  readonly bars: readonly Bar[] | undefined;
  readonly interval: Interval | undefined;
  /** IANA name. */
  readonly zone: string;
  /** The stretch that the rows in sight cover, if there is a list below. */
  readonly sight?: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly onBrush: (fromMs: number, toMs: number) => void;
}

const MAX_COLUMNS = 96;

/** Columns that are marked, from where the mark began to where it is now. */
interface Mark {
  readonly anchor: number;
  readonly at: number;
}

/** Events over time. A drag, or Shift and the arrow keys, narrows the list to a stretch. */
export function Histogram({ bars, interval, zone, fromMs, toMs, sight, onBrush }: HistogramProps) {
  const columns = useMemo(
    () =>
      bars === undefined || interval === undefined
        ? []
        : chartColumns(bars, { interval, fromMs, toMs, zone, maxColumns: MAX_COLUMNS }),
    [bars, interval, fromMs, toMs, zone],
  );
  const [mark, setShownMark] = useState<Mark>();
  // What the pointer marks is read again before it is drawn.
  const marking = useRef<Mark>(undefined);
  const setMark = (next: Mark | undefined) => {
    marking.current = next;
    setShownMark(next);
  };
  const chart = useRef<HTMLDivElement>(null);
  const drag = useRef(false);
  const id = useId();
  if (columns.length === 0) return <div className="histogram is-empty" aria-hidden="true" />;

  const top = Math.max(1, ...columns.map(({ count }) => count));
  const grain = grainOf(columns);
  const [low, high] = mark === undefined ? [-1, -1] : [Math.min(mark.anchor, mark.at), Math.max(mark.anchor, mark.at)];
  const brush = (first: number, last: number) => {
    const [from, to] = [columns[first], columns[last]];
    if (from !== undefined && to !== undefined)
      onBrush(Math.max(from.fromMs, fromMs ?? from.fromMs), Math.min(to.toMs, toMs ?? to.toMs));
    setMark(undefined);
  };
  const columnAt = (event: PointerEvent) => {
    const box = chart.current?.getBoundingClientRect();
    if (box === undefined) return 0;
    const share = (event.clientX - box.left) / box.width;
    return Math.max(0, Math.min(columns.length - 1, Math.floor(share * columns.length)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = mark?.at ?? columns.length - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: mark === undefined ? at : at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: columns.length - 1,
    };
    const next = steps[event.key];
    if (next !== undefined) {
      event.preventDefault();
      const to = Math.max(0, Math.min(columns.length - 1, next));
      setMark({ anchor: event.shiftKey ? (mark?.anchor ?? to) : to, at: to });
    } else if (event.key === "Enter" && mark !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      brush(low, high);
    } else if (event.key === "Escape" && mark !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      setMark(undefined);
    }
  };
  const marked = columns.slice(Math.max(0, low), high + 1);
  return (
    <section className="histogram" aria-label={t.histogram.title}>
      <div
        ref={chart}
        role="listbox"
        aria-label={t.histogram.label}
        aria-multiselectable="true"
        aria-orientation="horizontal"
        aria-activedescendant={mark === undefined ? undefined : `${id}-${mark.at}`}
        tabIndex={0}
        className="chart"
        title={t.histogram.hint}
        onKeyDown={onKeyDown}
        onBlur={() => {
          if (!drag.current) setMark(undefined);
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          setMark({ anchor: columnAt(event), at: columnAt(event) });
        }}
        onPointerMove={(event) => {
          if (drag.current && marking.current !== undefined) setMark({ ...marking.current, at: columnAt(event) });
        }}
        onPointerUp={(event) => {
          const anchor = marking.current?.anchor;
          // Where the button is let go counts: a quick drag may have told no move.
          const at = columnAt(event);
          if (drag.current && anchor !== undefined) brush(Math.min(anchor, at), Math.max(anchor, at));
          drag.current = false;
        }}
        onPointerCancel={() => {
          drag.current = false;
          setMark(undefined);
        }}
      >
        {columns.map((column, i) => (
          // The chart has the focus and the keys, and points to its columns.
          // biome-ignore lint/a11y/useFocusableInteractive: the chart has the focus
          <div
            key={column.fromMs}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i >= low && i <= high}
            aria-label={columnName(column, zone, grain)}
            className="chart-column"
          >
            <div className="chart-bar" style={{ height: `${(100 * column.count) / top}%` }} />
          </div>
        ))}
        {sight !== undefined && <SightMark columns={columns} sight={sight} />}
      </div>
      <div className="chart-axis" aria-hidden="true">
        <span>{showLabel(columns[0]?.fromMs ?? 0, zone, grain)}</span>
        <span className="chart-marked">
          {mark === undefined ? t.histogram.top(compactNumber(top)) : markedName(marked, zone, grain)}
        </span>
        <span>{showLabel((columns.at(-1)?.toMs ?? 1) - 1, zone, grain)}</span>
      </div>
      <p className="hidden" aria-live="polite">
        {mark !== undefined && marked.length > 1 ? markedName(marked, zone, grain) : ""}
      </p>
    </section>
  );
}

interface SightMarkProps {
  readonly columns: readonly ChartColumn[];
  readonly sight: { readonly fromMs: number; readonly toMs: number };
}

/** Where in the chart the rows in sight are. */
function SightMark({ columns, sight }: SightMarkProps) {
  const position = (ms: number) => {
    const at = columns.findIndex(({ toMs }) => toMs > ms);
    const column = columns[at];
    if (column === undefined) return 1;
    return (at + Math.max(0, ms - column.fromMs) / (column.toMs - column.fromMs)) / columns.length;
  };
  const [left, right] = [position(sight.fromMs), position(sight.toMs)];
  return (
    <div className="chart-sight" style={{ left: `${100 * left}%`, width: `${100 * Math.max(0, right - left)}%` }} />
  );
}

function grainOf(columns: readonly ChartColumn[]): Grain {
  const [first] = columns;
  const width = first === undefined ? 0 : first.toMs - first.fromMs;
  return width < 3_600_000 ? "minute" : width < 20 * 3_600_000 ? "hour" : width < 25 * 86_400_000 ? "day" : "month";
}

function columnName({ fromMs, count }: ChartColumn, zone: string, grain: Grain): string {
  return `${showLabel(fromMs, zone, grain)}: ${plural(count, t.list.events)}`;
}

function markedName(columns: readonly ChartColumn[], zone: string, grain: Grain): string {
  const [first] = columns;
  const last = columns.at(-1);
  if (first === undefined || last === undefined) return "";
  const count = columns.reduce((sum, column) => sum + column.count, 0);
  const from = showLabel(first.fromMs, zone, grain);
  const to = showLabel(last.toMs - 1, zone, grain);
  return `${from === to ? from : `${from} – ${to}`}: ${plural(count, t.list.events)}`;
}
