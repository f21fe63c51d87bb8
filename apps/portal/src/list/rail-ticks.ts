import type { Bar, Order } from "../rows/spans.ts";
import { LANGUAGE } from "../texts/format.ts";
import { offsetAt } from "../view/zones.ts";

/** A date beside the scroll bar. */
export interface Tick {
  readonly label: string;
  /** Where it stands: 0 the top, 1 the bottom. */
  readonly share: number;
  readonly kind: "year" | "month" | "day" | "hour";
}

export interface RailOptions {
  readonly bars: readonly Bar[];
  readonly order: Order;
  /** Rows of the list. */
  readonly length: number;
  /** IANA name. */
  readonly zone: string;
  readonly heightPx: number;
}

/** Room that a label takes, with some air. */
const LABEL_PX = 26;
const KINDS = ["year", "month", "day", "hour"] as const;
const MONTHS = Array.from({ length: 12 }, (_, month) =>
  new Date(Date.UTC(2_000, month)).toLocaleString(LANGUAGE, { month: "short", timeZone: "UTC" }),
);

/** Chooses dates to stand beside the scroll bar, each where its first events do: years before months before days. */
export function railTicks({ bars, order, length, zone, heightPx }: RailOptions): readonly Tick[] {
  const placed: Tick[] = [];
  const gap = LABEL_PX / Math.max(1, heightPx);
  const boundaries = boundariesOf(bars, zone);
  const total = Math.max(1, length);
  for (const kind of KINDS) {
    for (const boundary of boundaries) {
      if (boundary.kind !== kind) continue;
      const share = (order === "desc" ? total - boundary.before : boundary.before) / total;
      // Near the ends the label would be cut off.
      if (share < gap / 2 || share > 1 - gap / 2) continue;
      if (placed.every((tick) => Math.abs(tick.share - share) >= gap))
        placed.push({ label: boundary.label, share, kind });
    }
  }
  return placed.sort((a, b) => a.share - b.share);
}

interface Boundary {
  readonly kind: Tick["kind"];
  readonly label: string;
  /** Events before it. */
  readonly before: number;
}

/** Where a bar begins another year, month, day or hour than the bar before it. */
function boundariesOf(bars: readonly Bar[], zone: string): readonly Boundary[] {
  const found: Boundary[] = [];
  let before = 0;
  let last: Date | undefined;
  for (const { fromMs, count } of bars) {
    const clock = new Date(fromMs + offsetAt(zone, fromMs));
    if (last !== undefined) {
      const [year, month, day] = [clock.getUTCFullYear(), clock.getUTCMonth(), clock.getUTCDate()];
      if (year !== last.getUTCFullYear()) found.push({ kind: "year", label: String(year), before });
      else if (month !== last.getUTCMonth()) found.push({ kind: "month", label: MONTHS[month] ?? "", before });
      else if (day !== last.getUTCDate()) found.push({ kind: "day", label: `${day} ${MONTHS[month]}`, before });
      else if (clock.getUTCHours() !== last.getUTCHours())
        found.push({ kind: "hour", label: clock.toISOString().slice(11, 16), before });
    }
    before += count;
    last = clock;
  }
  return found;
}
