import type { StoredEvent } from "../read/stored-event.ts";

/** As much of an event reader as this needs. */
export interface RangeReader {
  range(tenantNo: number, ledger: number, range: { readonly first: number; readonly count: number }): StoredEvent[];
}

/** Events of one log, by sequence. */
export interface Wanted {
  readonly tenantNo: number;
  readonly ledger: number;
  /** In any order, each once. */
  readonly sequences: readonly number[];
}

/** Entries between two wanted ones that are cheaper to read and drop than to look up anew. */
const GAP = 16;
/** Events read in one go: what is decoded at a time. */
const RUN = 2_000;

/**
 * Reads events and hands over each with its position among those wanted; those whose body is gone are passed over. They
 * are read in order of sequence, neighbours together, so that each piece of the store is opened once.
 */
export function readWanted(
  reader: RangeReader,
  { tenantNo, ledger, sequences }: Wanted,
  take: (event: StoredEvent, position: number) => void,
): void {
  const order = Uint32Array.from(sequences.keys()).sort((a, b) => sequences[a]! - sequences[b]!);
  const sequenceAt = (index: number): number => sequences[order[index]!]!;
  for (let next = 0; next < order.length; ) {
    const first = sequenceAt(next);
    let end = next + 1;
    while (end < order.length && sequenceAt(end) - sequenceAt(end - 1) <= GAP && sequenceAt(end) - first < RUN) end++;
    const count = sequenceAt(end - 1) - first + 1;
    for (const event of reader.range(tenantNo, ledger, { first, count })) {
      while (next < end && sequenceAt(next) < event.sequence) next++;
      if (next < end && sequenceAt(next) === event.sequence) take(event, order[next++]!);
    }
    // A range ends where a body is gone: look beyond it, but never at the same place again.
    if (next < order.length && sequenceAt(next) === first) next++;
  }
}
