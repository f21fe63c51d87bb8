/** What fsck can find. Codes are stable: scripts match on them. */
export const FINDING_CODES = [
  // The databases themselves
  "database_damaged",
  "database_unreadable",
  "format_wrong",
  "schema_altered",
  "column_malformed",
  "reference_broken",
  "row_altered",
  "row_digest_missing",
  "row_digest_orphaned",
  // Keys and the directory of people
  "tenant_key_missing",
  "tenant_key_damaged",
  "subject_key_damaged",
  "subject_missing",
  "subject_unknown",
  "identifier_altered",
  "identifier_orphaned",
  "identifier_missing",
  "identifier_wrong",
  "journal_key_missing",
  "journal_key_damaged",
  "journal_key_unneeded",
  // Logs and what they are made of
  "log_missing",
  "log_unknown",
  "log_origin_wrong",
  "log_size_wrong",
  "log_time_wrong",
  "range_gap",
  "range_overlap",
  "entry_malformed",
  "received_at_decreases",
  "event_altered",
  "commitment_altered",
  "person_altered",
  "journal_row_damaged",
  "segment_missing",
  "segment_altered",
  "segment_malformed",
  "segment_misplaced",
  "chunk_damaged",
  "subject_block_damaged",
  "joint_unit_damaged",
  // Trees and signatures
  "head_missing",
  "head_ahead",
  "head_root_wrong",
  "head_note_wrong",
  "head_frontier_wrong",
  "tile_missing",
  "tile_altered",
  "tile_unexpected",
  "old_checkpoint_wrong",
  // The control log
  "control_missing",
  "control_damaged",
  "control_altered",
  "control_incomplete",
  "control_terms_wrong",
  // The rollback guard
  "guard_missing",
  "guard_ahead",
  "guard_root_wrong",
  "guard_unknown_origin",
  "guard_ended_wrong",
  // Identities for deduplication
  "identity_missing",
  "identity_unknown",
  "identity_row_altered",
  "run_missing",
  "run_altered",
  "run_malformed",
  // Files, and the search index
  "file_stray",
  "index_missing",
  "index_extra",
  "index_different",
  "index_repeated",
  // The check itself
  "check_failed",
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** Where something is wrong: as much of it as is known. */
export interface FindingPlace {
  /** Table, with the database's name in front where it is not `cairn.db`. */
  readonly table?: string;
  /** What names the row in its table. */
  readonly key?: string;
  /** File below the blob directory, or a database file. */
  readonly file?: string;
  /** Offset in the file, in bytes. */
  readonly offset?: number;
  /** Origin of the log. */
  readonly origin?: string;
  readonly sequence?: number;
}

/** One thing that is wrong. */
export interface Finding {
  readonly code: FindingCode;
  readonly place: FindingPlace;
  /** One sentence for people. */
  readonly message: string;
}

/** Findings of one code reported in full; after that they are counted. One lost key damages millions of events. */
const MAX_PER_CODE = 1_000;

/** Receives findings, and keeps one kind from drowning the others. */
export class Findings {
  /** Findings so far, reported or not. */
  count = 0;
  private readonly perCode = new Map<FindingCode, number>();
  private readonly sink: (finding: Finding) => void;

  constructor(sink: (finding: Finding) => void) {
    this.sink = sink;
  }

  add(code: FindingCode, place: FindingPlace, message: string): void {
    const seen = (this.perCode.get(code) ?? 0) + 1;
    this.perCode.set(code, seen);
    this.count++;
    if (seen <= MAX_PER_CODE) this.sink({ code, place, message });
  }

  /** Runs part of the check; what it throws is a finding too, and the rest of the check goes on. */
  async attempt(place: FindingPlace, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.add("check_failed", place, `could not be checked further: ${(error as Error).message}`);
    }
  }

  /** How many findings of each code there were beyond those reported. */
  suppressed(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.perCode]
        .filter(([, count]) => count > MAX_PER_CODE)
        .map(([code, count]) => [code, count - MAX_PER_CODE]),
    );
  }
}
