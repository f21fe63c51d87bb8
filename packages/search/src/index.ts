export { openIndexDatabase } from "./database/clickhouse-database.ts";
export type { IndexDatabase, InsertBlock, Statement } from "./database/index-database.ts";
export { type EncodedRows, type IndexInput, RowEncoder } from "./encode/rows.ts";
export type { SamePersonRow } from "./encode/same-block.ts";
export type { SubjectFactRow } from "./encode/subject-facts.ts";
export {
  type EngineClientOptions,
  type EngineConnection,
  engineClientOptions,
  engineConnectionOf,
} from "./engine/connection.ts";
export {
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  type EngineExit,
  startEmbeddedEngine,
} from "./engine/embedded-engine.ts";
export { EngineLockedError, EngineStartError, EngineUnavailableError } from "./engine/errors.ts";
export { DEFAULT_ENGINE_LIMITS, type EngineLimits } from "./engine/limits.ts";
export { IndexError, type IndexFault } from "./errors.ts";
export { SEARCH_LIMITS } from "./limits.ts";
export { type AuditReport, auditRange } from "./read/audit.ts";
export { type CountOptions, countMatches, type MatchCount } from "./read/count.ts";
export { decodeCursor, encodeCursor, type SearchCursor } from "./read/cursor.ts";
export type { FacetValue } from "./read/facet-keys.ts";
export { type FacetOptions, facets } from "./read/facets.ts";
export { type HeldLedger, heldLedgers } from "./read/held.ts";
export { type HistogramBar, type HistogramOptions, type HistogramUnit, histogram } from "./read/histogram.ts";
export { type LastSeenOptions, lastSeen } from "./read/last-seen.ts";
export {
  countByRange,
  deleteSequences,
  type PresentSequences,
  presentSequences,
  type RangeCount,
  type ReceivedWithin,
  type SequenceRange,
} from "./read/ranges.ts";
export { countSaidGroups, type SaidGroups } from "./read/said-groups.ts";
export type { Position, SearchScope } from "./read/scope.ts";
export { type FoundKey, type KeyPage, type SearchKeysOptions, searchKeys } from "./read/search-keys.ts";
export type { SortOrder } from "./read/sort.ts";
export { type StreamKeysOptions, streamKeys } from "./read/stream-keys.ts";
export {
  createIndex,
  currentStamp,
  dropIndex,
  engineVersion,
  finishSwap,
  hasIndex,
  type IndexStamp,
  isCurrent,
  readStamp,
  swapIndex,
} from "./schema/stamp.ts";
export { INDEX_SCHEMA_VERSION, TABLES } from "./schema/tables.ts";
export {
  type EventSpan,
  eventSpan,
  type KnownFact,
  type ListSubjectsOptions,
  listSubjects,
  type SubjectPlace,
  subjectFacts,
} from "./subjects/list.ts";
export { type NewestEventsOptions, newestEventsOf } from "./subjects/newest-events.ts";
export { resolveSubjects } from "./subjects/resolve.ts";
export { upsertSamePeople } from "./subjects/same.ts";
export { forgetSubjects, SubjectMemo, type SubjectNames, subjectsByRef, upsertSubjects } from "./subjects/store.ts";
