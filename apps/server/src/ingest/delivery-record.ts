import type { EventInput, Json } from "@cairn/event";
import type { SourceError } from "@cairn/sources";
import type { RefusedEvent } from "../threads/writer-api.ts";
import type { Delivery } from "./delivery.ts";
import type { Admission, Admissions } from "./door-keeper.ts";
import type { Outcome } from "./pipeline.ts";

/** More members of what is told of a record. */
type Annotation = Readonly<Record<string, Json>> | undefined;

/** What became of one record. */
export type SettledRecord =
  | {
      readonly kind: "event";
      readonly admission: Admission;
      /** Undefined for an event that the door refused. */
      readonly outcome: Outcome | undefined;
      /** The event, if it tells of a gap. */
      readonly gap: EventInput | undefined;
      /** What is kept of it for its owner. */
      readonly kept: RefusedEvent | undefined;
      readonly annotation: Annotation;
    }
  | { readonly kind: "skipped"; readonly reason: string; readonly annotation: Annotation }
  | {
      readonly kind: "refused";
      readonly error: SourceError;
      readonly kept: RefusedEvent | undefined;
      readonly annotation: Annotation;
    };

/** Records what passed the door. */
export type RecordAdmitted = (
  admissions: Admissions,
  delivery: Delivery,
) => Promise<{ readonly outcomes: readonly (Outcome | undefined)[]; readonly release: () => void }>;
