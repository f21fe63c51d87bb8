import { CairnError } from "@cairn/event";
import type { IndexDatabase } from "../database/index-database.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { COUNTING_SETTINGS, countedRows } from "./counted-rows.ts";
import { prepareScope, type SearchScope } from "./scope.ts";

export type HistogramUnit = "second" | "minute" | "hour" | "day" | "week" | "month" | "year";

export interface HistogramOptions extends SearchScope {
  readonly unit: HistogramUnit;
  /** Units in one bar, 1 when absent; for units from a day on only 1. */
  readonly step?: number;
  /** IANA name; days, weeks (from Monday) and months start at midnight there. UTC when absent. */
  readonly timeZone?: string;
}

/** A bar: events that occurred from `startMs` on, before the next bar's start. Bars without events are left out. */
export interface HistogramBar {
  readonly startMs: number;
  readonly count: number;
}

const FIXED_UNITS: ReadonlySet<string> = new Set(["second", "minute", "hour"]);
const CALENDAR_UNITS: ReadonlySet<string> = new Set(["day", "week", "month", "year"]);

/**
 * Counts matches over time of occurrence.
 * @throws CairnError parameter_invalid when the zone is unknown or there would be too many bars
 */
export async function histogram(index: IndexDatabase, options: HistogramOptions): Promise<HistogramBar[]> {
  const { unit, step = 1, timeZone = "UTC" } = options;
  const zoneName = canonicalZone(timeZone);
  if (zoneName === undefined) throw new CairnError("parameter_invalid", `“${timeZone}” is no time zone`);
  // Both become part of the statement's text: nothing but these may.
  const isPossible = FIXED_UNITS.has(unit) ? step >= 1 && step <= 1_000 : CALENDAR_UNITS.has(unit) && step === 1;
  if (!isPossible || !Number.isInteger(step)) {
    throw new CairnError("parameter_invalid", `a bar of ${step} ${unit}s is not possible`);
  }
  const prepared = await prepareScope(index, options);
  const { params } = prepared;
  const zone = params.string(zoneName);
  const start = `toStartOfInterval(occurred_at, INTERVAL ${step} ${unit}, ${zone})`;
  const counted = countedRows(index, prepared, {
    columns: `toUnixTimestamp64Milli(toDateTime64(${start}, 3, ${zone})) AS bar`,
    groups: "bar",
    isSmall: unit !== "second",
  });
  const rows = await index.query<[number, number]>({
    sql:
      `SELECT bar, sum(n) AS total FROM ${counted} GROUP BY bar HAVING total > 0 ` +
      `ORDER BY bar LIMIT ${SEARCH_LIMITS.buckets + 1}`,
    params: params.values,
    // Bars beyond the year 2106 would wrap around otherwise.
    settings: { ...COUNTING_SETTINGS, enable_extended_results_for_datetime_functions: 1 },
  });
  if (rows.length > SEARCH_LIMITS.buckets) {
    throw new CairnError(
      "parameter_invalid",
      `more than ${SEARCH_LIMITS.buckets} bars: choose a larger unit or a shorter time`,
    );
  }
  return rows.map(([startMs, count]) => ({ startMs, count }));
}

/** The engine knows the names of the IANA database, in their own case, and no bare offsets. */
function canonicalZone(name: string): string | undefined {
  try {
    return /^[A-Za-z]/.test(name)
      ? new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone
      : undefined;
  } catch {
    return undefined;
  }
}
