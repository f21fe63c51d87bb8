import type { Receipt } from "@cairn/event";
import type { ApiErrorBody, CairnFailure } from "../errors.ts";

/** What became of one event of a batch, as the server answers it. */
export type RecordResult =
  | {
      readonly status: "created" | "duplicate";
      readonly id: string;
      readonly tenant?: string;
      readonly receipt: Receipt;
      /** Text of a C2SP `.tlog-proof`, when the request waited for one. */
      readonly proof?: string;
    }
  | {
      readonly status: "conflict";
      readonly id: string;
      readonly tenant?: string;
      /** Of the event that has the identity. */
      readonly receipt: Receipt;
      readonly error: ApiErrorBody;
    }
  | { readonly status: "rejected"; readonly id?: string; readonly tenant?: string; readonly error: ApiErrorBody };

/** An event that is recorded: now, or by an earlier attempt whose answer was lost. */
export type RecordedResult = Extract<RecordResult, { readonly status: "created" | "duplicate" }>;

/** An event that was not recorded. Nothing else happens to it: keep it, correct it, or tell somebody. */
export interface RefusedEvent {
  readonly id: string;
  /** As it was to be sent; `undefined` when it has no JSON form. */
  readonly event: unknown;
  readonly error: CairnFailure;
}
