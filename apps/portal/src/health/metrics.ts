/** Figures of the server: the value of each name, and the buckets of each histogram. */
export interface Figures {
  readonly values: ReadonlyMap<string, number>;
  readonly histograms: ReadonlyMap<string, readonly Bucket[]>;
}

/** How many observations were at most so large; the last bound is infinite. */
export interface Bucket {
  readonly atMost: number;
  readonly count: number;
}

/** Reads Prometheus text (exposition format 0.0.4) as far as this server writes it. */
export function readMetrics(text: string): Figures {
  const values = new Map<string, number>();
  const histograms = new Map<string, Bucket[]>();
  for (const line of text.split("\n")) {
    const [, name, bound, value] = /^([a-z_]+)(?:\{le="([^"]+)"\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (bound === undefined) values.set(name, Number(value));
    else {
      const of = name.replace(/_bucket$/, "");
      const bucket = { atMost: bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound), count: Number(value) };
      histograms.set(of, [...(histograms.get(of) ?? []), bucket]);
    }
  }
  return { values, histograms };
}

/** The bound under which a share of all observations lies; undefined when there is none. */
export function boundOf(buckets: readonly Bucket[], share: number): number | undefined {
  const all = buckets.at(-1)?.count ?? 0;
  return all === 0 ? undefined : buckets.find(({ count }) => count >= share * all)?.atMost;
}
