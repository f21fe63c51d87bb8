import { type SyntheticEvent, useState } from "react";
import { type DateRange, DayPicker } from "react-day-picker";
import "react-day-picker/style.css";
import { LANGUAGE } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import type { TimeRange } from "../view/range.ts";
import { showTime } from "../view/times.ts";
import { momentOf } from "../view/zones.ts";

/** What a day is called aloud; it holds the number that is seen. */
const DAY = new Intl.DateTimeFormat(LANGUAGE === "en" ? "en-GB" : LANGUAGE, { dateStyle: "full" });

interface CustomRangeProps {
  readonly range: TimeRange;
  /** IANA name. */
  readonly zone: string;
  readonly onRange: (range: TimeRange) => void;
}

/** Days and times of one's own: typed, or picked in a calendar. Days are those of the chosen zone. */
export default function CustomRange({ range, zone, onRange }: CustomRangeProps) {
  const bounds = range.kind === "between" ? range : { fromMs: undefined, toMs: undefined };
  const [from, setFrom] = useState(() => fieldOf(bounds.fromMs, zone));
  const [to, setTo] = useState(() => fieldOf(bounds.toMs, zone));
  const [mistake, setMistake] = useState<string>();
  const picked: DateRange = { from: dayOf(from), to: dayOf(to) };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const fromMs = from === "" ? undefined : momentOfField(from, zone);
    // A day as the end is in the range; a minute is where it ends.
    const toMs = to === "" ? undefined : to.length === 10 ? momentOfField(dayAfter(to), zone) : momentOfField(to, zone);
    if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return setMistake(t.range.unreadable);
    if (fromMs === undefined && toMs === undefined) return setMistake(t.range.empty);
    if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) return setMistake(t.range.backwards);
    onRange({ kind: "between", fromMs, toMs });
  };
  return (
    <form className="range-custom" onSubmit={submit}>
      <div className="range-fields">
        <label>
          {t.range.from}
          <input
            type="text"
            value={from}
            placeholder="2026-10-01"
            aria-describedby="range-form"
            onChange={(event) => setFrom(event.target.value.trimStart())}
          />
        </label>
        <label>
          {t.range.to}
          <input
            type="text"
            value={to}
            placeholder="2026-10-31"
            aria-describedby="range-form"
            onChange={(event) => setTo(event.target.value.trimStart())}
          />
        </label>
        <button type="submit" className="button primary">
          {t.range.apply}
        </button>
      </div>
      <p id="range-form" className={mistake === undefined ? "quiet" : "mistake"} role={mistake && "alert"}>
        {mistake ?? t.range.form}
      </p>
      <DayPicker
        mode="range"
        selected={picked}
        {...(picked.from === undefined ? {} : { defaultMonth: picked.from })}
        weekStartsOn={1}
        labels={{ labelDayButton: (day) => DAY.format(day) }}
        onSelect={(chosen) => {
          setFrom(chosen?.from === undefined ? "" : dayText(chosen.from));
          setTo(chosen?.to === undefined ? "" : dayText(chosen.to));
        }}
      />
    </form>
  );
}

/** A bound as it is typed: a day where it is midnight, else to the minute. */
function fieldOf(ms: number | undefined, zone: string): string {
  if (ms === undefined) return "";
  const { date, time } = showTime(ms, zone);
  return time === "00:00:00.000" ? date : `${date} ${time.slice(0, 5)}`;
}

const FIELD = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}))?$/;

function momentOfField(text: string, zone: string): number {
  const [, year, month, day, hour = "0", minute = "0"] = FIELD.exec(text.trim()) ?? [];
  if (year === undefined) return Number.NaN;
  return momentOf(zone, Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)));
}

function dayAfter(text: string): string {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) ? text : new Date(ms + 86_400_000).toISOString().slice(0, 10);
}

/** The calendar counts in the reader's own days; only year, month and day of its dates mean anything. */
function dayOf(text: string): Date | undefined {
  const [, year, month, day] = FIELD.exec(text.trim()) ?? [];
  return year === undefined ? undefined : new Date(Number(year), Number(month) - 1, Number(day));
}

function dayText(day: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
