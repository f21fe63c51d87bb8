import { CairnError } from "@cairn/event";
import type { ServerContext } from "../context.ts";
import { movedWith, sendBytes } from "../threads/sent-bytes.ts";
import type { Delivery, DeliveryAnswer } from "./delivery.ts";
import { pickThread } from "./pick-thread.ts";

/** A delivery before it goes to a thread. */
export type Delivered = Omit<Delivery, "body"> & {
  /** As it came; not to be used afterwards. */
  readonly body: Uint8Array;
};

/**
 * Has a thread read a body in the words of another system and record what it says. What is counted as recorded is durable.
 * One record that is wrong never keeps its neighbours from going in.
 * @throws CairnError ledger_stopped, overloaded, disk_full, content_encoding_invalid, body_too_large,
 *   batch_too_many_events …: then some may have been recorded, and sending all of it again is safe
 */
export async function deliverBody(context: ServerContext, { body, ...delivery }: Delivered): Promise<DeliveryAnswer> {
  const why = context.stopped();
  if (why !== undefined) throw new CairnError("ledger_stopped", why, { retryAfterSeconds: 60 });
  const sent = sendBytes(body);
  const answer = await pickThread(context.threads).call("deliver", { ...delivery, body: sent }, movedWith(sent));
  if (answer.kind === "unreadable") return answer;
  const { received, skipped, created, duplicate } = answer.counts;
  context.metrics.count("cairn_events_total", received - skipped);
  context.metrics.count("cairn_events_recorded_total", created + duplicate);
  return answer;
}

/** What became of one record, as a thread tells it. */
export interface RecordResult {
  readonly status: "created" | "duplicate" | "conflict" | "rejected";
  readonly id?: string;
  readonly receipt?: { readonly ledger: number; readonly sequence: number };
  readonly error?: { readonly code: string; readonly message: string; readonly pointer?: string };
}

/** Reads the results of a delivery that wanted them; `More` is what its dialect adds to each. */
export function resultsOf<More>(results: Uint8Array | string | undefined): readonly (RecordResult & Partial<More>)[] {
  if (results === undefined) throw new Error("BUG: results are read that nobody wanted");
  return (JSON.parse(textOf(results)) as { readonly results: readonly (RecordResult & Partial<More>)[] }).results;
}

function textOf(results: Uint8Array | string): string {
  return typeof results === "string"
    ? results
    : Buffer.from(results.buffer, results.byteOffset, results.length).toString();
}
