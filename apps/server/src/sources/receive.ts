import type { EventInput } from "@cairn/event";
import type { Source } from "@cairn/ledger";
import type { ServerContext } from "../context.ts";
import type { RecordPlace } from "./folder/map-records.ts";
import { type RecordResult, recordEvents } from "./record-events.ts";
import { keepRefused, type RefusedRecord } from "./refused-record.ts";
import { type Counts, NO_COUNTS, type SeenGap, type Tally } from "./source-state.ts";

/** What a webhook was sent or a poller fetched, translated. */
export interface Delivery {
  readonly events: readonly EventInput[];
  /** Records that could not be translated. */
  readonly refused?: readonly RefusedRecord[];
  /** Number of records that are no events. */
  readonly skipped?: number;
  /** Of files: where each event stands. */
  readonly places?: readonly RecordPlace[];
}

/**
 * Records a delivery in the log of its source's tenant. What is refused is kept for its owner.
 * @throws CairnError overloaded, disk_full, …: sending the same again is safe
 */
export async function receive(context: ServerContext, source: Source, delivery: Delivery): Promise<Tally> {
  const { events, refused = [], skipped = 0, places } = delivery;
  const tenant = context.lately.tenant(source.tenantNo);
  if (tenant === undefined) throw new Error("BUG: a source without a tenant");
  const results = await recordEvents(context, {
    ...{ events, senderId: source.id, sourceId: source.id, defaultSource: source.kind },
    ...{ projectNo: tenant.projectNo, tenantNo: tenant.no },
    ...(places === undefined ? {} : { places }),
  });
  keepRefused(context, source, [...refused, ...conflicts(delivery, results)]);
  return { counts: countsOf(results, { refused: refused.length, skipped }), gaps: gapsOf(events, results) };
}

function countsOf(results: readonly RecordResult[], more: { refused: number; skipped: number }): Counts {
  const counts = { ...NO_COUNTS };
  for (const { status } of results) counts[status]++;
  counts.rejected += more.refused;
  counts.skipped += more.skipped;
  counts.received = results.length + more.refused + more.skipped;
  return counts;
}

/** An event that differs from what was recorded under its identity is in no log: its owner must be able to see it. */
function conflicts({ events, places }: Delivery, results: readonly RecordResult[]): RefusedRecord[] {
  return results.flatMap(({ status, error }, i) => {
    if (status !== "conflict" || error === undefined) return [];
    const place = places?.[i];
    const text = JSON.stringify(events[i]);
    if (place === undefined) return [{ error, text }];
    return [{ error: { ...error, place: { line: place.line } }, text, file: place.file }];
  });
}

/** Gaps that the log did not know yet. */
function gapsOf(events: readonly EventInput[], results: readonly RecordResult[]): SeenGap[] {
  return events.flatMap(({ action, details, outcome }, i) => {
    if (action !== "source.gap" || results[i]?.status !== "created") return [];
    const { from, to } = details as { readonly from?: unknown; readonly to?: unknown };
    const reason = typeof outcome === "object" ? outcome.reason : undefined;
    return [{ from: String(from), to: String(to), reason: reason ?? "" }];
  });
}
