import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { diskBytes } from "./lib/disk-usage.ts";
import { fillTenant } from "./lib/fill.ts";
import { readOptions } from "./lib/options.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { segmentParts } from "./lib/segment-parts.ts";
import { startServer } from "./lib/server.ts";

// How many bytes on the disk does an event take, by component, once it has moved from the journal into segments? The
// default is sixteen full segments. The server is stopped before the files are counted, so that nothing is half-way.

const SEGMENT_EVENTS = 65_536;
const options = readOptions({ events: 16 * SEGMENT_EVENTS, "settle-seconds": 30 });
const SEGMENT_TIMEOUT_MS = 600_000;

await answerQuestion("everything on disk per event after segmenting", async () => {
  const server = await startServer();
  try {
    progress(`loading ${options.events} events`);
    const filled = await fillTenant(server, { key: server.key, events: options.events });
    progress("waiting for segments");
    await waitForSegments(join(server.dataDir, "cairn.db"));
    // Merges of the index and background work of the ledger come to rest.
    await sleep(options["settle-seconds"] * 1_000);
    const journal = journalState(join(server.dataDir, "cairn.db"));
    await server.halt();
    const perEvent = (bytes: number): number => round(bytes / filled.events);
    const components = {
      segments: diskBytes(join(server.dataDir, "blobs", "segments")),
      identities: diskBytes(join(server.dataDir, "blobs", "identities")),
      database: ["cairn.db", "cairn.db-wal", "cairn.db-shm"].reduce(
        (sum, name) => sum + diskBytes(join(server.dataDir, name)),
        0,
      ),
      keys: ["keys.db", "keys.db-wal", "keys.db-shm"].reduce(
        (sum, name) => sum + diskBytes(join(server.dataDir, name)),
        0,
      ),
      index: diskBytes(join(server.dataDir, "index")),
    };
    const parts = segmentParts(join(server.dataDir, "blobs", "segments"));
    const all = diskBytes(server.dataDir) + diskBytes(`${server.dataDir}-state`);
    const known = Object.values(components).reduce((sum, bytes) => sum + bytes, 0);
    return {
      events: filled.events,
      bytesPerEvent: perEvent(all),
      byComponent: {
        ...Object.fromEntries(Object.entries(components).map(([name, bytes]) => [name, perEvent(bytes)])),
        rest: perEvent(all - known),
      },
      bytes: all,
      segmentBytesPerSegmentedEvent: Object.fromEntries(
        Object.entries(parts).map(([name, bytes]) => [name, name === "events" ? bytes : round(bytes / parts.events)]),
      ),
      journalAtEnd: journal,
      loaded: filled,
    };
  } finally {
    await server.stop();
  }
});

interface JournalState {
  readonly events: number;
  readonly bytes: number;
  /** Pages of the database that hold nothing and are used again. */
  readonly freeBytes: number;
}

function journalState(path: string): JournalState {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const read = <T>(sql: string): T => db.prepare(sql).get() as T;
    const journal = read<{ events: number | null; bytes: number | null }>(
      "SELECT sum(count) AS events, sum(length(body) + length(entries)) AS bytes FROM journal",
    );
    const { freelist_count: free } = read<{ freelist_count: number }>("PRAGMA freelist_count");
    const { page_size: size } = read<{ page_size: number }>("PRAGMA page_size");
    return { events: journal.events ?? 0, bytes: journal.bytes ?? 0, freeBytes: free * size };
  } finally {
    db.close();
  }
}

/** Waits until less than a segment's worth is left in the journal. */
async function waitForSegments(path: string): Promise<void> {
  const until = Date.now() + SEGMENT_TIMEOUT_MS;
  while (journalState(path).events >= SEGMENT_EVENTS) {
    if (Date.now() > until) throw new Error("the journal was not moved into segments");
    await sleep(1_000);
  }
}
