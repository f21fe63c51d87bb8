import { round } from "./report.ts";

/** What was done while one way had its turn. */
export interface Turn {
  /** Events, with those before the measurement began and after it ended. */
  readonly sent: number;
  /** Events that were acknowledged while it was measured. */
  readonly events: number;
  readonly seconds: number;
  readonly cpuUsPerEvent: Readonly<Record<string, number>>;
}

/** What some turns of one way came to. */
export class Sum {
  sent = 0;
  events = 0;
  seconds = 0;
  private readonly cpuUs = new Map<string, number>();

  add({ sent, events, seconds, cpuUsPerEvent }: Turn): void {
    this.sent += sent;
    this.events += events;
    this.seconds += seconds;
    // Of nothing there is no share.
    if (events === 0) return;
    for (const [name, us] of Object.entries(cpuUsPerEvent))
      this.cpuUs.set(name, (this.cpuUs.get(name) ?? 0) + us * events);
  }

  /** By thread or process. */
  cpuUsPerEvent(): Record<string, number> {
    return Object.fromEntries([...this.cpuUs].map(([name, us]) => [name, round(us / this.events)]));
  }
}

/** Events a second. */
export function perSecond({ events, seconds }: Pick<Turn, "events" | "seconds">): number {
  return events / seconds;
}
