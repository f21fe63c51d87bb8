import type { RecordedEvent } from "@cairn/event";
import type { LogKind } from "@cairn/ledger";

/** What a reader thread does for the main thread: everything that opens bodies or walks the tree. */
export interface ReaderApi {
  [name: string]: (argument: never) => unknown;
  /** Events by place, in the order asked for; undefined where there is none. */
  events(request: { readonly tenantNo: number; readonly places: readonly Place[] }): (RecordedEvent | undefined)[];
  /** A C2SP tlog-proof with the event's disclosure as `extra`, against a published checkpoint. */
  proof(request: {
    readonly tenantNo: number;
    readonly place: Place;
    readonly checkpoint: CheckpointRef;
  }): string | undefined;
  /** Bytes of a tile or entry bundle at a C2SP path, of the tree of a published checkpoint. */
  tile(request: {
    readonly tenantNo: number;
    readonly log: LogKind;
    readonly ledger: number;
    readonly path: string;
    readonly size: number;
  }): Uint8Array | undefined;
  /** What stands in a range of sequences, in order, up to `limit` events. */
  changes(request: {
    readonly tenantNo: number;
    readonly ledger: number;
    readonly first: number;
    readonly limit: number;
    readonly filter?: ChangesFilter;
  }): Changes;
  /** Refused events of the last day, newest first. */
  refused(request: {
    readonly tenantNo: number;
    readonly before: number | undefined;
    readonly limit: number;
    /** Only those that came by this source. */
    readonly source?: string;
  }): readonly RefusedRow[];
}

export interface Place {
  readonly ledger: number;
  readonly sequence: number;
}

export interface CheckpointRef {
  readonly size: number;
  readonly note: string;
}

/** Subject references by pattern key, looked up beforehand. */
export type SubjectSets = readonly (readonly [key: string, refs: readonly string[]])[];

export interface ChangesFilter {
  readonly q: string;
  readonly subjects: SubjectSets;
  readonly nowMs: number;
}

export interface Changes {
  readonly events: readonly RecordedEvent[];
  /** Sequence to go on from. */
  readonly next: number;
}

export interface RefusedRow {
  readonly no: number;
  readonly refusedAtMs: number;
  readonly error: string;
  readonly event: string;
  readonly source?: string;
}
