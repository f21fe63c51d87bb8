import type { BatchFormat } from "@cairn/event";
import type { SentBytes } from "../threads/sent-bytes.ts";
import type { BodyEncoding } from "./decode-body.ts";
import type { Delivery, DeliveryAnswer } from "./delivery.ts";

/** What an ingest thread does for the main thread. */
export interface IngestApi {
  [name: string]: (argument: never) => unknown;
  ingest(request: IngestRequest): Promise<IngestAnswer>;
  /** Reads a body in the words of another system, and records what it says. */
  deliver(delivery: Delivery): Promise<DeliveryAnswer>;
  /** The catalog of a project, or the settings of a tenant, have changed. */
  refresh(nothing: undefined): void;
}

/** A request to record events, as the main thread hands it over: authenticated, not yet read. */
export interface IngestRequest {
  readonly body: SentBytes;
  readonly encoding: BodyEncoding;
  readonly format: BatchFormat;
  readonly keyId: string;
  readonly projectNo: number;
  /** Tenant of the key, or of the `Cairn-Tenant` header; undefined when each event names its own. */
  readonly tenantNo: number | undefined;
  /** Name of the tenant that the request is for and that it makes: the key may, and there is none yet. */
  readonly newTenant?: string;
  /** Whether the key belongs to a whole project. */
  readonly isProjectKey: boolean;
  readonly canCreateTenants: boolean;
  readonly atomic: boolean;
  readonly idempotencyKey: string | undefined;
  /** Whether the answer has to wait for what is recorded, and needs to know where it stands. */
  readonly wantsPlaces: boolean;
  readonly defaultSource: string;
  /** Id of the source the events came by: what is refused is kept with it. */
  readonly sourceId?: string;
  /** Where in a file each event stands; kept with what is refused. */
  readonly origins?: readonly { readonly file: string; readonly line: number }[];
}

export interface IngestAnswer {
  readonly status: 200 | 207 | 422;
  /** The response body: JSON, as text when it is short, else in UTF-8. */
  readonly body: Uint8Array | string;
  readonly events: number;
  readonly recorded: number;
  /** The last place of each tenant, if the request wanted to know. */
  readonly places: readonly { readonly tenantNo: number; readonly ledger: number; readonly sequence: number }[];
}
