import type { Identifier } from "@cairn/event";
import type {
  AccessChange,
  AppendedControl,
  CommitRequest,
  CommitResult,
  ControlRecord,
  HeadUpdate,
  RunJob,
  SegmentSwap,
  Tenant,
  TenantPeople,
} from "@cairn/ledger";
import type { ActionDefinition } from "../catalog/definition.ts";

/** What the writer thread does for the others. */
export interface WriterApi {
  [name: string]: (argument: never) => unknown;
  /** Commits batches, one or several tenants', with whatever else is waiting: one transaction, one fsync. */
  commit(work: CommitWork): Promise<CommitResult[]>;
  /** Finds or makes subjects of one or several tenants; durable when answered. */
  resolvePeople(wanted: readonly TenantPeople[]): string[][];
  /** Adds identifiers to a person; false when that person is not there or one of them is somebody else's. */
  addIdentifiers(request: {
    readonly tenantNo: number;
    readonly ref: string;
    readonly identifiers: readonly Identifier[];
  }): boolean;
  createProject(request: { readonly id: string; readonly name: string; readonly isTest?: boolean }): number;
  /** `keyId`: the key that makes it by recording for it, which is recorded. */
  createTenant(request: {
    readonly projectNo: number;
    readonly id: string;
    readonly name?: string;
    readonly keyId?: string;
  }): Tenant;
  /**
   * Finds or makes tenants in one transaction; undefined in the place of each that is there and cannot be used:
   * asked for by itself it gets its error.
   */
  createTenants(request: {
    readonly projectNo: number;
    readonly ids: readonly string[];
    readonly keyId?: string;
  }): (Tenant | undefined)[];
  /** Changes who may do what, in one transaction; false when one change rests on something that is not so any more. */
  changeAccess(request: { readonly changes: readonly AccessChange[] }): boolean;
  putAction(request: {
    readonly projectNo: number;
    readonly action: string;
    readonly definition: ActionDefinition;
  }): ActionDefinition;
  /** Keeps refused events for their owner. */
  refuse(request: { readonly tenantNo: number; readonly refused: readonly RefusedEvent[] }): void;
  appendControl(request: { readonly tenantNo: number; readonly record: ControlRecord }): AppendedControl;
  commitHeads(updates: readonly HeadUpdate[]): HeadUpdate[];
  swapSegment(swap: SegmentSwap): void;
  /** Gives a little of the space that the journal has left back to the file system; tells how many pages are left. */
  releaseSpace(nothing: undefined): number;
  takeRunJob(nothing: undefined): RunJob | undefined;
  finishRunJob(done: {
    readonly job: RunJob;
    readonly name: string;
    readonly bytes: number;
    readonly sha256: Uint8Array;
    readonly count: number;
  }): void;
  failRunJob(nothing: undefined): void;
  setCursors(request: { readonly follower: string; readonly cursors: readonly Cursor[] }): void;
  saveExport(request: {
    readonly id: string;
    readonly tenantNo: number;
    readonly createdAtMs: number;
    readonly state: string;
    readonly request: string;
    readonly progress: string;
  }): void;
  deleteExport(request: { readonly id: string }): void;
  confirmClock(nothing: undefined): void;
  /** Wraps the keys of tenants anew, beside commits, and destroys what wrapped them: of all, or of those that need it. */
  rotateKeys(which: "all" | { readonly erasedBeforeMs: number }): Promise<{ readonly isRotated: boolean }>;
  metrics(nothing: undefined): WriterMetrics;
  close(nothing: undefined): void;
}

/** What is committed together. */
export interface CommitWork {
  readonly requests: readonly CommitRequest[];
  /** Actions of tenants that are seen for the first time. */
  readonly seen?: readonly SeenActions[];
}

export interface SeenActions {
  readonly tenantNo: number;
  readonly actions: readonly string[];
}

export interface Cursor {
  readonly tenantNo: number;
  readonly ledger: number;
  /** First sequence not yet done. */
  readonly sequence: number;
}

/** A refused event as its owner sees it for a day. */
export interface RefusedEvent {
  readonly refusedAtMs: number;
  /** JSON of the error. */
  readonly error: string;
  /** The event as far as it could be read, JSON. */
  readonly event: string;
  /** Id of the source it came by. */
  readonly source?: string;
}

export interface WriterMetrics {
  readonly commits: number;
  readonly events: number;
  readonly waiting: number;
  readonly walBytes: number;
}
