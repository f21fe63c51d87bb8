import type { Announcement, PublishedHead } from "@cairn/ledger";
import type { EngineConnection } from "@cairn/search";
import type { ExportOrder } from "./export-request.ts";

/** A job as the export thread gets it. */
export interface ExportTask {
  readonly id: string;
  readonly order: ExportOrder;
  /** Directory of its own, which exists and is empty. */
  readonly directory: string;
  readonly fileName: string;
  /** Where the index is asked. */
  readonly engine: EngineConnection;
  /** Evidence only. */
  readonly basis?: EvidenceBasis;
}

/** What an evidence bundle is proved against; the control log's head was published before the event log's was looked up. */
export interface EvidenceBasis {
  readonly announcement: Announcement;
  readonly control: PublishedHead;
  readonly checkpoint: PublishedHead;
}

/** A finished file. */
export interface ExportFile {
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}
