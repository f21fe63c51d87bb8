import type { CairnFailure } from "../errors.ts";
import type { RecordedResult, RecordResult } from "./outcome.ts";

/** An event on its way. Encoded at once, so that what the caller does to its object later changes nothing. */
export interface QueuedEvent {
  readonly id: string;
  /** One line of NDJSON, without the newline. */
  readonly json: string;
  readonly bytes: number;
  /** Called once, when the event is recorded or refused. */
  readonly settle: (outcome: EventOutcome) => void;
}

/** How an event's way ends. */
export type EventOutcome =
  | { readonly ok: true; readonly result: RecordedResult }
  | {
      readonly ok: false;
      readonly error: CairnFailure;
      /** The server's word on this event; absent when the request as a whole failed. */
      readonly result?: RecordResult;
    };
