import { type EventInput, formatTime, type Json } from "@cairn/event";

/** A time for which the other side no longer has what happened. */
export interface Gap {
  readonly source: string;
  /** Unix milliseconds: the last event received before it. */
  readonly fromMs: number;
  /** Unix milliseconds: the first event that is there again. */
  readonly toMs: number;
  /** Why: what was overrun, in words. */
  readonly reason: string;
  /** What else is known: checkpoints, counts, the oldest record still there. */
  readonly details?: { readonly [key: string]: Json };
}

/**
 * Makes the event that says that events are missing. Its identity is the gap's, so that a collector that restarts says it
 * once.
 */
export function gapEvent({ source, fromMs, toMs, reason, details }: Gap): EventInput {
  const from = formatTime(fromMs);
  const to = formatTime(toMs);
  return {
    id: `gap:${from}/${to}`,
    occurred_at: to,
    action: "source.gap",
    verb: "other",
    category: "system",
    actor: { type: "system", name: "Cairn collector" },
    targets: [{ type: "source", id: source }],
    outcome: { result: "failure", reason: reason.slice(0, 1_000) },
    description: `Events of ${source} between ${from} and ${to} may be missing: ${reason}`.slice(0, 1_000),
    details: { from, to, ...details },
    source,
  };
}
