import type { ErrorPlace } from "@cairn/event";
import type { SentBytes } from "../threads/sent-bytes.ts";
import type { BodyEncoding } from "./decode-body.ts";

/** In whose words a body speaks, and what beside the body belongs to them. Data: it goes to another thread. */
export type Dialect =
  | { readonly kind: "otlp"; readonly encoding: "json" | "protobuf" }
  | { readonly kind: "splunk_hec" }
  /** `about`: what the address says of all lines. */
  | { readonly kind: "splunk_hec_raw"; readonly about: Readonly<Record<string, string>> }
  /** `headers`: the media type and those that begin with `ce-`. */
  | { readonly kind: "cloudevents"; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: "fhir"; readonly resource: "AuditEvent" | "Bundle" }
  | { readonly kind: "workos"; readonly idempotencyKey: string | undefined }
  | { readonly kind: "retraced"; readonly form: "event" | "bulk" }
  | {
      readonly kind: "source";
      readonly id: string;
      /** Changes with the settings. */
      readonly version: number;
      readonly sourceKind: string;
      /** Settings as JSON. */
      readonly settings: string;
      /** Headers that the kind reads, in lower case. */
      readonly headers: Readonly<Record<string, string>>;
    };

/** A body to be read and recorded, as the main thread hands it over: its sender is known, it itself is not yet read. */
export interface Delivery {
  readonly body: SentBytes;
  readonly encoding: BodyEncoding;
  readonly dialect: Dialect;
  /** Who sends: the id of an API key or of a source. Limits are counted by it. */
  readonly keyId: string;
  readonly projectNo: number;
  /** Undefined: each event names its own tenant. */
  readonly tenantNo: number | undefined;
  /** Name of the tenant that the delivery is for and that it makes. */
  readonly newTenant?: string;
  readonly canCreateTenants: boolean;
  /** Source of events that name none. */
  readonly defaultSource: string;
  /** Id of the configured source they came by: what is refused is kept with it. */
  readonly sourceId?: string;
  /** `keep` has each event carry its record as received, whatever is usual for the dialect. */
  readonly original?: "keep";
  /** Whether the answer has to tell what became of each record. */
  readonly wants: "numbers" | "results";
}

/** How many records came to what. */
export interface DeliveryCounts {
  readonly received: number;
  readonly created: number;
  readonly duplicate: number;
  readonly conflict: number;
  readonly rejected: number;
  readonly skipped: number;
}

/** Why a record was not recorded. */
export interface RecordFault {
  /** A code of the catalog of errors, or of the sources' own list. */
  readonly code: string;
  readonly message: string;
  readonly place: ErrorPlace;
}

/** A time of which events may be missing, as an event that was recorded says. */
export interface DeliveredGap {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** What became of a delivery: everything that is counted as recorded is durable. */
export type DeliveryAnswer =
  | {
      readonly kind: "recorded";
      readonly counts: DeliveryCounts;
      /** The first record that was not recorded, counted from 0. */
      readonly firstFault: (RecordFault & { readonly index: number }) | undefined;
      /** `{"results": […]}` in the order of the records: JSON, as text when it is short, else in UTF-8. */
      readonly results: Uint8Array | string | undefined;
      readonly gaps: readonly DeliveredGap[];
    }
  /** Nothing of the body can be read: a fault in the words of the sources. */
  | { readonly kind: "unreadable"; readonly fault: RecordFault };
