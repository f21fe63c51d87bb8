import type { Place, ReaderApi } from "./reader-api.ts";
import type { Client } from "./rpc.ts";

/** The reader threads as one. */
export type ReaderPool = Pick<Client<ReaderApi>, "call">;

/** Fewer events than this are read sooner by one thread than by several. */
const SHARED_FROM = 16;

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
    // Each thread gets neighbours, and the first ones always go to the same thread, which has what is newest open.
    const share = Math.ceil(places.length / readers.length);
    const shares = readers.map((_, i) => places.slice(i * share, (i + 1) * share));
    const read = await Promise.all(shares.map((each, i) => callOne(i, "events", { tenantNo, places: each })));
    return read.flat();
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
