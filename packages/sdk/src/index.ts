export { type Cairn, createCairn } from "./client.ts";
export {
  type ApiErrorBody,
  type ApiErrorPlace,
  CairnApiError,
  CairnClientError,
  type CairnFailure,
  type ClientErrorCode,
} from "./errors.ts";
export { isRetryable, type RetryPolicy } from "./http/backoff.ts";
export type { BodyEncoding } from "./http/encode-body.ts";
export type { RetryListener } from "./http/with-retries.ts";
export type { CairnOptions } from "./options.ts";
export type { ActionName, ActionTypes, AnyCatalog, LogEvent } from "./producer/catalog-types.ts";
export type { RecordedResult, RecordResult, RefusedEvent } from "./producer/outcome.ts";
export type { Producer } from "./producer/producer.ts";
export type { RecordOptions } from "./producer/record-api.ts";
export { createUuidV7 } from "./producer/uuid-v7.ts";
export { verifyEd25519Natively } from "./proof/native-ed25519.ts";
export { type EventProofVerdict, type ProofTrust, verifyEventProof } from "./proof/verify-event-proof.ts";
export type { ActionDefinition, Catalog, StoredAction } from "./read/catalog.ts";
export type { Change, ChangePage, ChangesQuery } from "./read/changes.ts";
export type {
  EventFilter,
  EventPage,
  EventQuery,
  FacetQuery,
  Facets,
  Histogram,
  HistogramQuery,
  LedgerPosition,
} from "./read/event-query.ts";
export type { ExportDownload, ExportJob, ExportRequest } from "./read/exports.ts";
export type { LogId, TenantInfo } from "./read/log-files.ts";
export type { DownloadRange, Reader } from "./read/reader.ts";
export { VERSION } from "./version.ts";
