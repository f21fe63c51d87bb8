import type { Finding } from "./finding.ts";
import type { LogName } from "./signed-head.ts";

/** What verifying has established. */
export interface VerifyReport {
  /** `unpinned`: consistent in itself, but nothing of the auditor's says that the right keys signed. */
  readonly result: "verified" | "wrong" | "unpinned";
  readonly kind: "full" | "compact" | "proof" | undefined;
  readonly origin: string | undefined;
  readonly ledger: number | undefined;
  readonly size: number | undefined;
  /** Root of the event log, lower-case hex. */
  readonly root: string | undefined;
  readonly query: string | undefined;
  readonly events: { readonly shown: number; readonly redacted: number; readonly deleted: number };
  /** Entries of the control log. */
  readonly controlEntries: number | undefined;
  /** Older checkpoints that the logs have grown out of. */
  readonly olderCheckpoints: number;
  readonly signers: readonly Signer[];
  readonly findings: readonly Finding[];
  /** Whether there are more findings than are listed. */
  readonly isTruncated: boolean;
  /** What was not established, though nothing is wrong. */
  readonly notes: readonly string[];
}

/** A key that signed. */
export interface Signer {
  readonly log: LogName;
  readonly vkey: string;
  /** Whether the auditor knew it. */
  readonly isPinned: boolean;
}
