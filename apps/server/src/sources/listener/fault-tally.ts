import type { Logger } from "pino";
import { KEPT_FAULTS_PER_MINUTE } from "./limits.ts";

/** What goes wrong at the door of a listener. */
export type Fault = "handshake" | "certificate" | "crowd" | "frame";

const WORDS: Readonly<Record<Fault, string>> = {
  handshake: "TLS handshakes failed",
  certificate: "connections had no certificate that lets them in",
  crowd: "connections were refused, because there were too many",
  frame: "connections were closed, because of bytes that are no syslog frame",
};
const MINUTE_MS = 60_000;

/** Counts faults: a flood of them is one number, and at most one line of the server's log a minute. */
export class FaultTally {
  private readonly log: Logger;
  private readonly counts = new Map<Fault, { count: number; last: string }>();
  private readonly sinceMs = Date.now();
  private loggedAtMs = 0;
  private keptAtMs = 0;
  private kept = 0;

  constructor(log: Logger) {
    this.log = log;
  }

  count(fault: Fault, last: string): void {
    const known = this.counts.get(fault);
    this.counts.set(fault, { count: (known?.count ?? 0) + 1, last });
    const nowMs = Date.now();
    if (nowMs - this.loggedAtMs < MINUTE_MS) return;
    this.loggedAtMs = nowMs;
    this.log.warn({ faults: Object.fromEntries(this.counts) }, "a syslog source was sent what it cannot take");
  }

  /** Whether what was sent is still worth keeping. */
  mayKeep(): boolean {
    const nowMs = Date.now();
    if (nowMs - this.keptAtMs >= MINUTE_MS) {
      this.keptAtMs = nowMs;
      this.kept = 0;
    }
    return this.kept++ < KEPT_FAULTS_PER_MINUTE;
  }

  /** What there is to say to the owner of the source. */
  warnings(): string[] {
    const since = new Date(this.sinceMs).toISOString();
    return [...this.counts].map(([fault, { count, last }]) => `${count} ${WORDS[fault]} since ${since}: ${last}`);
  }
}
