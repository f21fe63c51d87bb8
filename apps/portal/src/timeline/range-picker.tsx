import { lazy, Suspense } from "react";
import { Icon } from "../shared/icon.tsx";
import { Popover } from "../shared/popover.tsx";
import { t } from "../texts/texts.ts";
import { ALL_TIME, isSameRange, LAST_SPANS, type TimeRange } from "../view/range.ts";
import { showMinute } from "../view/times.ts";
import type { Zone } from "../view/zones.ts";
import { ZoneChoice } from "./zone-choice.tsx";

// The calendar is not needed until somebody wants days of their own.
const CustomRange = lazy(() => import("./custom-range.tsx"));

const PRESETS: readonly TimeRange[] = [ALL_TIME, ...LAST_SPANS.map((span) => ({ kind: "last", span }) as const)];

interface RangePickerProps {
  readonly range: TimeRange;
  /** IANA name. */
  readonly zone: string;
  readonly onRange: (range: TimeRange) => void;
  readonly onZone: (zone: Zone) => void;
}

/** Which stretch of time is shown, and by which clock. */
export function RangePicker({ range, zone, onRange, onZone }: RangePickerProps) {
  return (
    <Popover
      className="button range-button"
      title={t.range.title}
      label={
        <>
          <Icon name="clock" />
          <span className="hidden">{t.range.title}: </span>
          <span className="range-name">{rangeName(range, zone)}</span>
          <span className="quiet range-zone">{zone}</span>
        </>
      }
    >
      {(close) => (
        <div className="range-panel">
          <fieldset className="range-presets">
            <legend className="hidden">{t.range.presets}</legend>
            {PRESETS.map((preset) => (
              <button
                key={rangeName(preset, zone)}
                type="button"
                className="choice"
                aria-pressed={isSameRange(preset, range)}
                onClick={() => {
                  onRange(preset);
                  close();
                }}
              >
                {rangeName(preset, zone)}
              </button>
            ))}
          </fieldset>
          <Suspense fallback={<p className="quiet range-custom">{t.loading}</p>}>
            <CustomRange
              range={range}
              zone={zone}
              onRange={(chosen) => {
                onRange(chosen);
                close();
              }}
            />
          </Suspense>
          <ZoneChoice zone={zone} onZone={onZone} />
        </div>
      )}
    </Popover>
  );
}

/** What a range is called: `Last 7 days`, or its ends. */
export function rangeName(range: TimeRange, zone: string): string {
  switch (range.kind) {
    case "all":
      return t.range.all;
    case "last":
      return t.range.last[range.span];
    case "between": {
      const from = range.fromMs === undefined ? undefined : showMinute(range.fromMs, zone);
      const to = range.toMs === undefined ? undefined : showMinute(range.toMs, zone);
      if (from === undefined) return t.range.until(to ?? "");
      return to === undefined ? t.range.since(from) : `${from} – ${to}`;
    }
  }
}
