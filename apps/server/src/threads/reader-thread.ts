import {
  compileMatcher,
  EventView,
  type Matcher,
  parseQuery,
  type RecordedEvent,
  subjectPatternKey,
} from "@cairn/event";
import {
  CORE_SUBJECT,
  EVENT_LOG,
  EventReader,
  eventOf,
  openReaderSide,
  proveEvent,
  readLogs,
  receiptOf,
  type StoredEvent,
  splitOf,
  TreeReader,
} from "@cairn/ledger";
import { createHashKernel, MerkleError } from "@cairn/merkle";
import { presentEvent } from "../present-event.ts";
import { unsealRefused } from "../refused-seal.ts";
import { DirectoryGroups } from "../subjects/directory-groups.ts";
import type { ChangesFilter, Place, ReaderApi, RefusedRow } from "./reader-api.ts";
import { offer, threadData } from "./thread-entry.ts";

const { paths } = threadData();
const side = openReaderSide(paths);
const events = new EventReader(side);
const groups = new DirectoryGroups(side.access.subjectFacts);
const tree = new TreeReader({ db: side.db, events, kernel: createHashKernel() });

function present(stored: StoredEvent, tenantNo: number): RecordedEvent {
  return presentEvent(eventOf(stored), receiptOf(stored), side.registry.tenant(tenantNo)!);
}

function originOf(tenantNo: number, ledger: number): string {
  const log = readLogs(side.db).find(
    (each) => each.tenantNo === tenantNo && each.log === EVENT_LOG && each.ledger === ledger,
  );
  return log?.origin ?? "";
}

function readPlaces(tenantNo: number, places: readonly Place[]): Map<string, StoredEvent> {
  const found = new Map<string, StoredEvent>();
  for (const ledger of new Set(places.map((place) => place.ledger))) {
    const sequences = places.filter((place) => place.ledger === ledger).map((place) => place.sequence);
    for (const event of events.events(tenantNo, ledger, sequences)) found.set(`${ledger}/${event.sequence}`, event);
  }
  return found;
}

function matcherOf(tenantNo: number, { q, subjects, nowMs }: ChangesFilter): Matcher {
  const sets = new Map(subjects.map(([key, refs]) => [key, new Set(refs)]));
  return compileMatcher(groups.understand(tenantNo, parseQuery(q, { nowMs })), {
    resolveSubjects: (pattern) => sets.get(subjectPatternKey(pattern)) ?? new Set(),
  });
}

const handlers: ReaderApi = {
  events({ tenantNo, places }: Parameters<ReaderApi["events"]>[0]) {
    const found = readPlaces(tenantNo, places);
    return places.map(({ ledger, sequence }) => {
      const stored = found.get(`${ledger}/${sequence}`);
      return stored === undefined ? undefined : present(stored, tenantNo);
    });
  },
  proof({ tenantNo, place, checkpoint }: Parameters<ReaderApi["proof"]>[0]) {
    if (place.sequence >= checkpoint.size) return undefined;
    const stored = events.event(tenantNo, place.ledger, place.sequence);
    if (stored === undefined) return undefined;
    const proof = proveEvent(stored, { tenantNo, origin: originOf(tenantNo, place.ledger), ...checkpoint }, tree);
    return Buffer.from(proof).toString("utf8");
  },
  tile({ tenantNo, log, ledger, path, size }: Parameters<ReaderApi["tile"]>[0]) {
    try {
      return tree.resource({ tenantNo, log, ledger }, path, size);
    } catch (error) {
      if (error instanceof MerkleError && error.code === "malformed_tile_path") return undefined;
      throw error;
    }
  },
  changes({ tenantNo, ledger, first, limit, filter }: Parameters<ReaderApi["changes"]>[0]) {
    const stored = events.range(tenantNo, ledger, { first, count: limit });
    const next = (stored.at(-1)?.sequence ?? first - 1) + 1;
    const matches = filter === undefined ? undefined : matcherOf(tenantNo, filter);
    const shown =
      matches === undefined
        ? stored
        : stored.filter((each) => matches(new EventView({ ...splitOf(each), ...receiptOf(each) })));
    return { events: shown.map((each) => present(each, tenantNo)), next };
  },
  refused({ tenantNo, before, limit, source }: Parameters<ReaderApi["refused"]>[0]) {
    const key = side.keyring.subjectKey(tenantNo, CORE_SUBJECT);
    if (key === undefined) return [];
    const rows = side.db.iterate<{ no: number; refused_at: number; body: Uint8Array }>(
      "SELECT no, refused_at, body FROM refused WHERE tenant_no = ? AND no < ? ORDER BY no DESC",
      tenantNo,
      before ?? Number.MAX_SAFE_INTEGER,
    );
    const found: RefusedRow[] = [];
    for (const row of rows) {
      const place = { tenantNo, refusedAtMs: row.refused_at };
      const body = JSON.parse(unsealRefused(key, row.body, place).toString("utf8")) as Omit<RefusedRow, "no">;
      if (source !== undefined && body.source !== source) continue;
      found.push({ ...body, no: row.no, refusedAtMs: place.refusedAtMs });
      if (found.length === limit) break;
    }
    return found;
  },
};

offer(handlers);
