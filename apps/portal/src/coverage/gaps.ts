/** A stretch without a single event. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A column of counts over time; see `chartColumns`. */
interface Counted {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/** The longest stretches without events among the columns, in order of time. */
export function gapsOf(columns: readonly Counted[], most: number): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const { fromMs, toMs, count } of columns) {
    const last = gaps.at(-1);
    if (count > 0) continue;
    if (last?.toMs === fromMs) gaps[gaps.length - 1] = { ...last, toMs };
    else gaps.push({ fromMs, toMs });
  }
  const length = (gap: Gap) => gap.toMs - gap.fromMs;
  return gaps
    .toSorted((a, b) => length(b) - length(a))
    .slice(0, most)
    .sort((a, b) => a.fromMs - b.fromMs);
}
