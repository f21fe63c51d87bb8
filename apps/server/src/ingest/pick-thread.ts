import type { Client } from "../threads/rpc.ts";
import type { Threads } from "../threads/start-threads.ts";
import type { IngestApi } from "./ingest-api.ts";

let next = 0;

/** Gives the ingest threads in turn. */
export function pickThread({ ingest }: Pick<Threads, "ingest">): Client<IngestApi> {
  return ingest[next++ % ingest.length]!;
}
