import { OPEN_SEGMENTS, SEGMENT_EVENTS } from "@cairn/ledger";
import type { Place, ReaderApi } from "./reader-api.ts";
import type { Caller } from "./rpc.ts";

/** The reader threads as one. */
export type ReaderPool = Caller<ReaderApi>;

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

interface Reader {
  readonly client: Caller<ReaderApi>;
  /** Calls it has not answered yet. */
  underWay: number;
}

/**
 * Gives each call to the thread with the least to do, and a page of events to all of them. There is one at first; the
 * others are started when they could have helped for the first time, and are given work once they answer.
 */
export function poolReaders(start: () => Caller<ReaderApi>, threads: number): ReaderPool {
  const readers: Reader[] = [{ client: start(), underWay: 0 }];
  let isComplete = false;

  function complete(): void {
    if (isComplete) return;
    isComplete = true;
    for (let number = 1; number < threads; number++) void add(start());
  }

  async function add(client: Caller<ReaderApi>): Promise<void> {
    // One that cannot start ends the server, and whoever started it is told so.
    await client.call("events", { tenantNo: 0, places: [] }).then(
      () => readers.push({ client, underWay: 0 }),
      () => undefined,
    );
  }

  async function callOne(reader: Reader, name: string, argument: unknown): Promise<unknown> {
    reader.underWay++;
    try {
      return await reader.client.call(name, argument as never);
    } finally {
      reader.underWay--;
    }
  }

  async function readShared(tenantNo: number, places: readonly Place[]): Promise<unknown> {
    const events: unknown[] = places.map(() => undefined);
    const readShare = async (share: readonly number[], thread: number) => {
      if (share.length === 0) return;
      const asked = { tenantNo, places: share.map((at) => places[at]!) };
      const read = await callOne(readers[thread]!, "events", asked);
      for (const [i, event] of (read as unknown[]).entries()) events[share[i]!] = event;
    };
    await Promise.all(sharePlaces(places, readers.length).map(readShare));
    return events;
  }

  const call = (name: string, argument: unknown): Promise<unknown> => {
    if (name === "events") {
      const { tenantNo, places } = argument as Parameters<ReaderApi["events"]>[0];
      if (places.length >= SHARED_FROM) {
        complete();
        return readShared(tenantNo, places);
      }
    }
    const idlest = readers.reduce((least, reader) => (reader.underWay < least.underWay ? reader : least));
    if (idlest.underWay > 0) complete();
    return callOne(idlest, name, argument);
  };
  return { call: call as ReaderPool["call"] };
}
