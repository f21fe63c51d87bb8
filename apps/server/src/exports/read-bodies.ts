import type { StoredEvent } from "@cairn/ledger";
import { EXPORT_LIMITS } from "./limits.ts";

/** Where an event stands in the tenant's log. */
export interface Place {
  readonly ledger: number;
  readonly sequence: number;
}

/** As much of an event reader as this needs. */
export interface RangeReader {
  range(tenantNo: number, ledger: number, range: { readonly first: number; readonly count: number }): StoredEvent[];
}

/**
 * Reads events by place and turns each into what `present` makes of it, in the order of the places; undefined where the
 * body is gone. They are read in order of sequence, neighbours together, so that each chunk of a segment is opened once.
 */
export function readBodies<Row>(
  reader: RangeReader,
  from: { readonly tenantNo: number; readonly places: readonly Place[] },
  present: (event: StoredEvent) => Row,
): (Row | undefined)[] {
  const { tenantNo, places } = from;
  const rows = new Array<Row | undefined>(places.length).fill(undefined);
  const order = places
    .map(({ ledger, sequence }, position): Wanted => ({ ledger, sequence, position }))
    .sort((a, b) => a.ledger - b.ledger || a.sequence - b.sequence);
  let next = 0;
  while (next < order.length) {
    const { ledger, sequence: first } = order[next]!;
    const last = endOfRun(order, next);
    for (const event of reader.range(tenantNo, ledger, { first, count: last - first + 1 })) {
      // What lies between wanted events is passed over; what is wanted and missing has lost its body.
      while (isBefore(order[next], ledger, event.sequence)) next++;
      for (; order[next]?.ledger === ledger && order[next]?.sequence === event.sequence; next++)
        rows[order[next]!.position] = present(event);
    }
    // A range ends where a body is gone: look beyond it, but never at the same place again.
    while (order[next]?.ledger === ledger && order[next]?.sequence === first) next++;
  }
  return rows;
}

interface Wanted extends Place {
  readonly position: number;
}

/** The last sequence of those from `start` on that are read in one go. */
function endOfRun(order: readonly Wanted[], start: number): number {
  const { ledger, sequence: first } = order[start]!;
  let last = first;
  for (let i = start + 1; i < order.length; i++) {
    const { ledger: otherLedger, sequence } = order[i]!;
    const isNear = otherLedger === ledger && sequence - last <= EXPORT_LIMITS.readGap;
    if (!isNear || sequence - first >= EXPORT_LIMITS.readRun) break;
    last = sequence;
  }
  return last;
}

function isBefore(wanted: Wanted | undefined, ledger: number, sequence: number): boolean {
  return wanted !== undefined && wanted.ledger === ledger && wanted.sequence < sequence;
}
