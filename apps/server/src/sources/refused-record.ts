import type { ErrorPlace } from "@cairn/event";
import type { Source } from "@cairn/ledger";
import type { ServerContext } from "../context.ts";

/** A record that came and is no event of the log: why, and what was sent. */
export interface RefusedRecord {
  readonly error: { readonly code: string; readonly message: string; readonly place?: ErrorPlace };
  readonly text: string;
  /** Name of the file that it stands in. */
  readonly file?: string;
}

/** As much of a record as is kept: enough to see what it was. */
const KEPT_CHARS = 64 * 1_024;
/** Refused records kept of one delivery: who sends nothing but rubbish shall not fill the disk with it. */
const KEPT_OF_A_DELIVERY = 100;

/** Keeps refused records for a day, for the owner of their source. */
export function keepRefused(
  { threads }: Pick<ServerContext, "threads">,
  source: Pick<Source, "id" | "tenantNo">,
  records: readonly RefusedRecord[],
): void {
  if (records.length === 0) return;
  const refusedAtMs = Date.now();
  const refused = records.slice(0, KEPT_OF_A_DELIVERY).map(({ error, text, file }) => ({
    refusedAtMs,
    error: JSON.stringify({ code: error.code, message: error.message, ...error.place, file }),
    event: JSON.stringify(text.slice(0, KEPT_CHARS)),
    source: source.id,
  }));
  threads.writer.tell("refuse", { tenantNo: source.tenantNo, refused });
}
