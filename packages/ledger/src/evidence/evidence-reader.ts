import type { Keyring } from "../crypto/keyring.ts";
import type { EventReader } from "../read/event-reader.ts";
import type { StoredEvent } from "../read/stored-event.ts";
import { openSegment } from "../segment/read-segment.ts";
import type { BlobSource } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import type { RangeReader } from "./read-wanted.ts";
import { createSegmentEvents, type SegmentEvents } from "./segment-events.ts";

/** Reads the events of one tenant, mostly in order. */
export interface EvidenceReader extends RangeReader {
  /** To be called before each step, in which no key is asked for twice: afterwards nobody is read who was forgotten. */
  beginStep(): void;
  close(): void;
}

/** Units of people that are kept, some 300 bytes each: those of two ordinary full segments. */
const KEPT_UNITS = 140_000;
/** Segments kept open: neighbours in time are mostly in one or two. */
const OPEN_SEGMENTS = 8;

/** Makes a reader that takes segments by its own way, and everything else by the ordinary one. */
export function createEvidenceReader(parts: {
  readonly db: Database;
  readonly keyring: Pick<Keyring, "subjectKey">;
  readonly blobs: BlobSource;
  readonly events: EventReader;
}): EvidenceReader {
  const { db, keyring, blobs, events } = parts;
  const open = new Map<string, SegmentEvents>();

  function close(name: string): void {
    open.get(name)?.segment.close();
    open.delete(name);
  }

  function makeRoom(): void {
    let kept = 0;
    for (const { keptUnits } of open.values()) kept += keptUnits;
    for (const [name, { keptUnits }] of open) {
      if (open.size < OPEN_SEGMENTS && kept <= KEPT_UNITS) break;
      kept -= keptUnits;
      close(name);
    }
  }

  function segmentAt(tenantNo: number, ledger: number, sequence: number): SegmentEvents | undefined {
    const row = db.get<{ first: number; count: number; name: string }>(
      "SELECT first, count, name FROM segments WHERE tenant_no = ? AND ledger = ? AND first <= ? ORDER BY first DESC LIMIT 1",
      tenantNo,
      ledger,
      sequence,
    );
    if (row === undefined || sequence >= row.first + row.count) return undefined;
    let segment = open.get(row.name);
    if (segment === undefined) {
      makeRoom();
      const subjectKey = (ref: string) => keyring.subjectKey(tenantNo, ref);
      segment = createSegmentEvents(openSegment(blobs, row.name), subjectKey);
    } else open.delete(row.name);
    open.set(row.name, segment); // last in the map is the most recently used
    return segment;
  }

  return {
    range(tenantNo, ledger, { first, count }) {
      const found: StoredEvent[] = [];
      const end = first + count;
      for (let next = first; next < end; ) {
        const reader = segmentAt(tenantNo, ledger, next);
        if (reader === undefined) {
          found.push(...events.range(tenantNo, ledger, { first: next, count: end - next }));
          break;
        }
        const { contents } = reader.segment;
        const index = next - contents.first;
        const got = reader.events(index, Math.min(end - next, contents.count - index));
        found.push(...got);
        if (got.length === 0) break;
        next = got.at(-1)!.sequence + 1;
      }
      return found;
    },

    beginStep() {
      makeRoom();
      for (const segment of open.values()) segment.beginStep();
    },

    close() {
      for (const name of [...open.keys()]) close(name);
    },
  };
}
