import type { Receipt } from "@cairn/event";
import { CairnError } from "@cairn/event";
import type { Admission } from "./door-keeper.ts";
import type { IngestAnswer } from "./ingest-api.ts";
import type { Outcome } from "./pipeline.ts";

/** One event of a request, settled. */
export interface Settled {
  readonly admission: Admission;
  /** Undefined for a refused event. */
  readonly outcome: Outcome | undefined;
}

/** Writes the answer to a request. Built as text: it is on the path of every event. */
export function writeAnswer(
  settled: readonly Settled[],
  options: { readonly showTenant: boolean; readonly wantsPlaces: boolean },
): IngestAnswer {
  let text = '{"results":[';
  let recorded = 0;
  const places = new Map<number, { tenantNo: number; ledger: number; sequence: number }>();
  for (let i = 0; i < settled.length; i++) {
    const { admission, outcome } = settled[i]!;
    if (i > 0) text += ",";
    text += writeResult(admission, outcome, options.showTenant);
    if (outcome === undefined || outcome.status === "held" || outcome.status === "conflict") continue;
    recorded++;
    if (options.wantsPlaces && admission.kind === "admitted") {
      const tenantNo = admission.admitted.context.tenant.no;
      const { ledger, sequence } = outcome.receipt;
      const known = places.get(tenantNo);
      if (known === undefined || sequence > known.sequence) places.set(tenantNo, { tenantNo, ledger, sequence });
    }
  }
  return {
    status: recorded === settled.length ? 200 : recorded === 0 ? 422 : 207,
    body: Buffer.from(`${text}]}`),
    events: settled.length,
    recorded,
    places: [...places.values()],
  };
}

function writeResult(admission: Admission, outcome: Outcome | undefined, showTenant: boolean): string {
  if (admission.kind === "refused") {
    const id = admission.id === undefined ? "" : `"id":${JSON.stringify(admission.id)},`;
    return `{"status":"rejected",${id}"error":${JSON.stringify(presentError(admission.error))}}`;
  }
  const { event, context } = admission.admitted;
  const head = `"id":${JSON.stringify(event.id)}${showTenant ? `,"tenant":${JSON.stringify(context.tenant.id)}` : ""}`;
  if (outcome === undefined || outcome.status === "held") {
    const error =
      outcome?.why === "conflict"
        ? new CairnError("conflict", "an earlier event of the request has this identity and other content")
        : new CairnError("atomic_rejected", "not recorded, because another event of the request was refused");
    return `{"status":"rejected",${head},"error":${JSON.stringify(presentError(error))}}`;
  }
  const receipt = writeReceipt(outcome.receipt);
  if (outcome.status !== "conflict") return `{"status":"${outcome.status}",${head},"receipt":${receipt}}`;
  const error = new CairnError("conflict", "an event with this identity and other content is recorded already");
  return `{"status":"conflict",${head},"receipt":${receipt},"error":${JSON.stringify(presentError(error))}}`;
}

function writeReceipt({ ledger, sequence, received_at, event_root }: Receipt): string {
  return `{"ledger":${ledger},"sequence":${sequence},"received_at":"${received_at}","event_root":"${event_root}"}`;
}

/** What of an error leaves the server: code, sentence, place. */
export function presentError(error: CairnError): Record<string, unknown> {
  return { code: error.code, message: error.message, ...error.place };
}
