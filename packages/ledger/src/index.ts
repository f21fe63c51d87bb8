export { CONTROL_TYPES, type ControlRecord, type ControlType } from "./control/control-record.ts";
export { keyedHex } from "./crypto/keyed-hex.ts";
export { CORE_SUBJECT, type Keyring, type TenantPeople } from "./crypto/keyring.ts";
export { deriveKey, keyedDigest, seal, unseal } from "./crypto/seal.ts";
export { deriveLogKey } from "./crypto/signer.ts";
export type { RollbackGuard } from "./crypto/state-dir.ts";
export { buildRun } from "./dedupe/build-run.ts";
export type { IdentityIndex, RunJob } from "./dedupe/identity-index.ts";
export { monthIdentifier, PeopleCache } from "./directory/people-cache.ts";
export { LedgerError, type LedgerErrorCode } from "./error.ts";
export type { BundleFile } from "./evidence/bundle-file.ts";
export { writeDirectory } from "./evidence/directory.ts";
export {
  type Announcement,
  type BundleOptions,
  evidenceBundle,
  type PublishedHead,
} from "./evidence/evidence-bundle.ts";
export { tarArchive } from "./evidence/tar.ts";
export type { IndexDifferences, IndexProbe } from "./fsck/check-index.ts";
export { FINDING_CODES, type Finding, type FindingCode, type FindingPlace } from "./fsck/finding.ts";
export { type FsckOptions, type FsckProgress, type FsckReport, fsck } from "./fsck/fsck.ts";
export {
  createTenant,
  createTenants,
  hasDiskRoom,
  initialiseInstance,
  openGuard,
  openGuardReader,
  openReaderSide,
  openWriterSide,
  type ReaderSide,
  type WriterSide,
} from "./instance.ts";
export {
  type PreparableEvent,
  type PreparedBatch,
  type PrepareOptions,
  prepareBatch,
  prepareBatches,
  type TenantEvents,
} from "./prepare/prepare-batch.ts";
export { type Comparison, compareEvents } from "./read/compare-event.ts";
export { commitmentsOf, discloseEvent } from "./read/disclose.ts";
export type { EventColumns, PartBytes } from "./read/event-columns.ts";
export { EventReader, OPEN_SEGMENTS } from "./read/event-reader.ts";
export { type PublishedCheckpoint, proveEvent } from "./read/prove.ts";
export {
  coreSalts,
  eventOf,
  receiptOf,
  receiptTimeMs,
  type StoredEvent,
  type StoredPart,
  splitOf,
} from "./read/stored-event.ts";
export { type LogRef, TreeReader } from "./read/tree-reader.ts";
export type { OpenedEpoch, Recovery } from "./recover/open-epochs.ts";
export { recoverNewEpoch } from "./recover/recover.ts";
export { type AccessChange, AccessStore } from "./registry/access.ts";
export { type ApiKey, type NewApiKey, type PreparedApiKey, SCOPES, type Scope } from "./registry/api-keys.ts";
export type { MemberGroup } from "./registry/groups.ts";
export type { IdentityProvider } from "./registry/identity-providers.ts";
export type { Invitation } from "./registry/invitations.ts";
export {
  type Credentials,
  type Member,
  type MemberState,
  type Passkey,
  ROLES,
  type Role,
} from "./registry/members.ts";
export type { OwnEvent } from "./registry/own-events.ts";
export {
  logOrigin,
  type Project,
  type ProjectSettings,
  Registry,
  type Tenant,
  type TenantDeletion,
  type TenantSettings,
  type TenantStanding,
} from "./registry/registry.ts";
export type { SavedView, ViewContent } from "./registry/saved-views.ts";
export type { Session, SignInMethod } from "./registry/sessions.ts";
export type { Source } from "./registry/sources.ts";
export type { SubjectFact, SubjectStatement } from "./registry/subject-facts.ts";
export { checkGuard, compareGuard, type GuardComparison, type Rollback } from "./seal/check-guard.ts";
export { commitHeads } from "./seal/commit-heads.ts";
export { logVkey } from "./seal/note-signer.ts";
export { type HeadUpdate, readHead, Sealer, type StoredHead } from "./seal/sealer.ts";
export { SEGMENT_EVENTS } from "./segment/format.ts";
export { type JournalBacklog, JournalWatch } from "./segment/journal-watch.ts";
export { Segmenter, type SegmentSwap, swapSegment, sweepSegments } from "./segment/segmenter.ts";
export type { Blobs } from "./storage/blobs.ts";
export { CRASH_POINTS, type CrashPoint } from "./storage/crash-point.ts";
export type { Database } from "./storage/database.ts";
export { type DirectoryLock, isLocked, lockDirectory } from "./storage/lock.ts";
export {
  CONTROL_LOG,
  controlOrigin,
  countEntries,
  EVENT_LOG,
  type LogKind,
  type LogState,
  newestEpochs,
  readLog,
  readLogAt,
  readLogs,
  readLogsOf,
} from "./storage/logs.ts";
export { instancePaths, type Paths } from "./storage/paths.ts";
export { RecentMap } from "./storage/recent-map.ts";
export { releaseSpace } from "./storage/release-space.ts";
export { STORAGE_FORMAT } from "./storage/schema.ts";
export { writeFileDurably } from "./storage/write-file.ts";
export { type Clock, systemClock } from "./writer/clock.ts";
export type { AppendedControl, CommitRequest, CommitResult, Suspect } from "./writer/writer.ts";
