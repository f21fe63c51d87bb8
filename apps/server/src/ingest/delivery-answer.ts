import { SourceError } from "@cairn/sources";
import { conflictError, writeResults } from "./answer.ts";
import type { DeliveredGap, Delivery, DeliveryAnswer, RecordFault } from "./delivery.ts";
import type { SettledRecord } from "./delivery-record.ts";
import type { Admission } from "./door-keeper.ts";

/** Sums up what became of the records of a delivery. */
export function answerDelivery(records: readonly SettledRecord[], delivery: Delivery): DeliveryAnswer {
  const counts = { received: records.length, created: 0, duplicate: 0, conflict: 0, rejected: 0, skipped: 0 };
  const gaps: DeliveredGap[] = [];
  let firstFault: (RecordFault & { readonly index: number }) | undefined;
  for (const [index, record] of records.entries()) {
    counts[statusOf(record)]++;
    const error = firstFault === undefined ? errorOf(record) : undefined;
    if (error !== undefined) firstFault = { index, code: error.code, message: error.message, place: error.place };
    const gap = gapOf(record);
    if (gap !== undefined) gaps.push(gap);
  }
  const results = delivery.wants === "results" ? resultsOf(records, delivery) : undefined;
  return { kind: "recorded", counts, firstFault, results, gaps };
}

function statusOf(record: SettledRecord): "created" | "duplicate" | "conflict" | "rejected" | "skipped" {
  if (record.kind !== "event") return record.kind === "skipped" ? "skipped" : "rejected";
  const status = record.outcome?.status;
  return status === undefined || status === "held" ? "rejected" : status;
}

function errorOf(record: SettledRecord) {
  if (record.kind === "skipped") return undefined;
  if (record.kind === "refused") return record.error;
  if (record.admission.kind === "refused") return record.admission.error;
  return record.outcome?.status === "conflict" ? conflictError() : undefined;
}

/** A gap that the log did not know yet. */
function gapOf(record: SettledRecord): DeliveredGap | undefined {
  if (record.kind !== "event" || record.gap === undefined || record.outcome?.status !== "created") return undefined;
  const { details, outcome } = record.gap;
  const { from, to } = (details ?? {}) as { readonly from?: unknown; readonly to?: unknown };
  const reason = typeof outcome === "object" ? outcome.reason : undefined;
  return { from: String(from), to: String(to), reason: reason ?? "" };
}

function resultsOf(records: readonly SettledRecord[], { tenantNo }: Delivery): Uint8Array | string {
  return writeResults(
    records.map((record) => ({
      admission: admissionOf(record),
      outcome: record.kind === "event" ? record.outcome : undefined,
      annotation: record.annotation,
    })),
    { showTenant: tenantNo === undefined },
  );
}

function admissionOf(record: SettledRecord): Admission {
  if (record.kind === "event") return record.admission;
  const error = record.kind === "refused" ? record.error : new SourceError("shape_invalid", record.reason);
  return { kind: "refused", error, id: undefined, value: undefined, tenantNo: undefined };
}
