import { OPEN_SEGMENTS, SEGMENT_EVENTS } from "@cairn/ledger";
import type { Place, ReaderApi } from "./reader-api.ts";
import type { Client } from "./rpc.ts";

/** The reader threads as one. */
export type ReaderPool = Pick<Client<ReaderApi>, "call">;

/** Fewer events than this are read sooner by one thread than by several. */
const SHARED_FROM = 16;

/** A few segments, which begin where they happen to: most lie in one region. */
const REGION_SEQUENCES = 4 * SEGMENT_EVENTS;
/** Places further apart than this can lie in more segments than a thread keeps open. */
const FAR_APART_SEQUENCES = OPEN_SEGMENTS * SEGMENT_EVENTS;

/**
 * Shares places out among threads: for each thread the positions in `places` of what it shall read. Places close together
 * are shared evenly, neighbours to one thread; of places far apart each thread gets those in its own regions, because
 * opening a segment costs as much as reading an event of it, and together the threads keep more segments open.
 */
export function sharePlaces(places: readonly Pick<Place, "sequence">[], threads: number): number[][] {
  const sequences = places.map(({ sequence }) => sequence);
  const isFarApart = Math.max(...sequences) - Math.min(...sequences) > FAR_APART_SEQUENCES;
  const evenShare = Math.ceil(places.length / threads);
  const shares: number[][] = Array.from({ length: threads }, () => []);
  for (const [at, sequence] of sequences.entries())
    shares[Math.floor(isFarApart ? (sequence / REGION_SEQUENCES) % threads : at / evenShare)]!.push(at);
  return shares;
}

/** Gives each call to the thread with the least to do, and a page of events to all of them. */
export function poolReaders(readers: readonly Client<ReaderApi>[]): ReaderPool {
  const underWay = readers.map(() => 0);

  async function callOne(number: number, name: string, argument: unknown): Promise<unknown> {
    underWay[number]!++;
    try {
      return await readers[number]!.call(name, argument as never);
    } finally {
      underWay[number]!--;
    }
  }

  async function readShared(tenantNo: number, places: readonly Place[]): Promise<unknown> {
    const events: unknown[] = places.map(() => undefined);
    const readShare = async (share: readonly number[], thread: number) => {
      if (share.length === 0) return;
      const read = await callOne(thread, "events", { tenantNo, places: share.map((at) => places[at]!) });
      for (const [i, event] of (read as unknown[]).entries()) events[share[i]!] = event;
    };
    await Promise.all(sharePlaces(places, readers.length).map(readShare));
    return events;
  }

  const call = (name: string, argument: unknown): Promise<unknown> => {
    if (name === "events") {
      const { tenantNo, places } = argument as Parameters<ReaderApi["events"]>[0];
      if (places.length >= SHARED_FROM) return readShared(tenantNo, places);
    }
    return callOne(underWay.indexOf(Math.min(...underWay)), name, argument);
  };
  return { call: call as ReaderPool["call"] };
}
