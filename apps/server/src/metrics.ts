/** Upper bounds of the latency histogram, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counters and histograms of the main thread, written as Prometheus text (exposition format 0.0.4). */
export class Metrics {
  private readonly counters = new Map<string, number>();
  private readonly histograms = new Map<string, { readonly counts: number[]; sum: number; count: number }>();

  count(name: string, by = 1): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + by);
  }

  observeSeconds(name: string, seconds: number): void {
    let histogram = this.histograms.get(name);
    if (histogram === undefined) {
      histogram = { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
      this.histograms.set(name, histogram);
    }
    histogram.sum += seconds;
    histogram.count++;
    for (let i = 0; i < BUCKETS.length; i++) if (seconds <= BUCKETS[i]!) histogram.counts[i]!++;
  }

  /** Writes everything, with gauges read at this moment. */
  write(gauges: Readonly<Record<string, number>>): string {
    let text = "";
    for (const [name, value] of this.counters) text += `# TYPE ${name} counter\n${name} ${value}\n`;
    for (const [name, { counts, sum, count }] of this.histograms) {
      text += `# TYPE ${name} histogram\n`;
      for (const [i, bound] of BUCKETS.entries()) text += `${name}_bucket{le="${bound}"} ${counts[i]}\n`;
      text += `${name}_bucket{le="+Inf"} ${count}\n${name}_sum ${sum}\n${name}_count ${count}\n`;
    }
    for (const [name, value] of Object.entries(gauges)) text += `# TYPE ${name} gauge\n${name} ${value}\n`;
    return text;
  }
}
