import { CairnError, CanonicalWriter, type Json, type Receipt } from "@cairn/event";
import type { SourceError } from "@cairn/sources";
import type { AdmittedEvent } from "./admitted-event.ts";
import type { Admission } from "./door-keeper.ts";
import { FreshReceipt } from "./fresh-receipt.ts";
import type { IngestAnswer } from "./ingest-api.ts";
import type { Outcome } from "./pipeline.ts";

/** The events of a request, settled. */
export interface Settled {
  readonly admissions: readonly Admission[];
  /** How each ended; undefined for a refused one. */
  readonly outcomes: readonly (Outcome | undefined)[];
}

/** The answer under way; one serves after the other, because writing one is synchronous. */
const writer = new CanonicalWriter(256 * 1024);

/** Writes the answer to a request. Straight into bytes: it is on the path of every event. */
export function writeAnswer(
  { admissions, outcomes }: Settled,
  options: { readonly showTenant: boolean; readonly wantsPlaces: boolean },
): IngestAnswer {
  writer.clear();
  writer.text('{"results":[');
  let recorded = 0;
  const places = new Map<number, { tenantNo: number; ledger: number; sequence: number }>();
  for (let i = 0; i < admissions.length; i++) {
    const admission = admissions[i]!;
    const outcome = outcomes[i];
    if (i > 0) writer.text(",");
    writeResult(admission, outcome, options.showTenant);
    if (outcome === undefined || outcome.status === "held" || outcome.status === "conflict") continue;
    recorded++;
    if (options.wantsPlaces && admission.kind === "admitted") {
      const tenantNo = admission.admitted.context.tenant.no;
      const { ledger, sequence } = outcome.receipt;
      const known = places.get(tenantNo);
      if (known === undefined || sequence > known.sequence) places.set(tenantNo, { tenantNo, ledger, sequence });
    }
  }
  writer.text("]}");
  return {
    status: recorded === admissions.length ? 200 : recorded === 0 ? 422 : 207,
    body: writtenBody(),
    events: admissions.length,
    recorded,
    places: [...places.values()],
  };
}

/** What became of one record of a delivery. */
export interface WrittenRecord {
  readonly admission: Admission;
  readonly outcome: Outcome | undefined;
  /** More members of its result. */
  readonly annotation: Readonly<Record<string, Json>> | undefined;
}

/** Writes what became of each record of a delivery: `{"results":[…]}`. */
export function writeResults(
  records: readonly WrittenRecord[],
  { showTenant }: { readonly showTenant: boolean },
): Uint8Array | string {
  writer.clear();
  writer.text('{"results":[');
  for (const [i, { admission, outcome, annotation }] of records.entries()) {
    if (i > 0) writer.text(",");
    writeResult(admission, outcome, showTenant);
    if (annotation === undefined) continue;
    // In place of the brace that closed the result.
    writer.length--;
    writer.text(`,${JSON.stringify(annotation).slice(1)}`);
  }
  writer.text("]}");
  return writtenBody();
}

/** Short answers go over, and out, as text. */
const MAX_TEXT_BYTES = 4_096;

function writtenBody(): Uint8Array | string {
  const { bytes, length } = writer;
  // Memory of its own: it is moved to the main thread.
  if (length > MAX_TEXT_BYTES) return bytes.slice(0, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("utf8");
}

function writeResult(admission: Admission, outcome: Outcome | undefined, showTenant: boolean): void {
  if (admission.kind === "refused") {
    const id = admission.id === undefined ? "" : `"id":${JSON.stringify(admission.id)},`;
    writer.text(`{"status":"rejected",${id}"error":${JSON.stringify(presentError(admission.error))}}`);
    return;
  }
  const isRecorded = outcome !== undefined && outcome.status !== "held";
  writer.text('{"status":"');
  writer.text(isRecorded ? outcome.status : "rejected");
  writer.text('","id":');
  writeId(admission.admitted);
  if (showTenant) writer.text(`,"tenant":${JSON.stringify(admission.admitted.context.tenant.id)}`);
  if (isRecorded) writeReceipt(outcome.receipt);
  const error = errorOf(outcome);
  if (error !== undefined) writer.text(`,"error":${JSON.stringify(presentError(error))}`);
  writer.text("}");
}

/** What there is to say of an event that was not recorded, or not as it was sent. */
function errorOf(outcome: Outcome | undefined): CairnError | undefined {
  if (outcome === undefined || outcome.status === "held") {
    return outcome?.why === "conflict"
      ? new CairnError("conflict", "an earlier event of the request has this identity and other content")
      : new CairnError("atomic_rejected", "not recorded, because another event of the request was refused");
  }
  return outcome.status === "conflict" ? conflictError() : undefined;
}

/** Says that an event's identity is taken by another. */
export function conflictError(): CairnError {
  return new CairnError("conflict", "an event with this identity and other content is recorded already");
}

/** The id that an event is recorded under. */
export function idOfAdmitted(admitted: AdmittedEvent): string {
  const { compiled } = admitted;
  if (compiled === undefined) return admitted.event.id;
  const { body, index } = compiled;
  const { bytes } = body.buffers;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    "utf8",
    body.idStart(index),
    body.idEnd(index),
  );
}

function writeId(admitted: AdmittedEvent): void {
  const { compiled } = admitted;
  if (compiled === undefined) {
    writer.text(JSON.stringify(admitted.event.id));
    return;
  }
  const { body, index } = compiled;
  // One byte more on either side: the quotes.
  writer.raw(body.buffers.bytes, body.idStart(index) - 1, body.idEnd(index) + 1);
}

function writeReceipt(receipt: Receipt): void {
  writer.text(',"receipt":{"ledger":');
  writer.text(String(receipt.ledger));
  writer.text(',"sequence":');
  writer.text(String(receipt.sequence));
  writer.text(',"received_at":"');
  writer.text(receipt.received_at);
  writer.text('","event_root":"');
  if (receipt instanceof FreshReceipt) receipt.writeRoot(writer);
  else writer.text(receipt.event_root);
  writer.text('"}');
}

/** What of an error leaves the server: code, sentence, place. */
export function presentError(error: CairnError | SourceError): Record<string, unknown> {
  return { code: error.code, message: error.message, ...error.place };
}
