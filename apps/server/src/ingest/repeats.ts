import { compareEvents } from "@cairn/ledger";
import type { AdmittedEvent } from "./admitted-event.ts";
import type { Outcome } from "./pipeline.ts";

/** Tells whether two events of one tenant have one identity. */
export function isSameIdentity(a: AdmittedEvent, b: AdmittedEvent): boolean {
  return a.event.id === b.event.id && a.event.source === b.event.source;
}

/** Gives an event the outcome of the earlier one of its request that it repeats. */
export function settleRepeat(
  outcomes: Outcome[],
  at: { readonly admitted: readonly AdmittedEvent[]; readonly position: number; readonly earlier: number },
): void {
  const { admitted, position, earlier } = at;
  const first = outcomes[earlier]!;
  const status = repeatOf(admitted, position, earlier);
  if (first.status !== "held" && status !== undefined) outcomes[position] = { status, receipt: first.receipt };
}

/** Tells what an event is to an earlier one of its request; undefined when they are two. */
export function repeatOf(
  admitted: readonly AdmittedEvent[],
  position: number,
  earlier: number,
): "duplicate" | "conflict" | undefined {
  const [own, first] = [admitted[position]!, admitted[earlier]!];
  if (!isSameIdentity(own, first)) return undefined;
  const comparison = compareEvents({ event: own.event, defaulted: own.defaulted }, first.event);
  return comparison === "duplicate" ? "duplicate" : "conflict";
}
