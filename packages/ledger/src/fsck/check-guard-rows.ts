import { bytesToHex, hexToBytes } from "@cairn/merkle";
import { type ClosedHead, type GuardedHead, readClosed, readGuarded } from "../crypto/state-dir.ts";
import type { Database } from "../storage/database.ts";
import type { LogState } from "../storage/logs.ts";
import type { PreviousLog } from "./check-control.ts";
import type { Findings } from "./finding.ts";
import type { RootClaim } from "./tree-check.ts";

/** The rollback guard as it was before any log was looked at: it never knows more than the logs then. */
export class GuardRows {
  private readonly heads: Map<string, GuardedHead>;
  private readonly ended: Map<string, ClosedHead>;
  private readonly db: Database;
  private readonly findings: Findings;

  constructor(db: Database, findings: Findings) {
    this.db = db;
    this.findings = findings;
    this.heads = new Map(readGuarded(db).map((head) => [head.origin, head]));
    this.ended = new Map(readClosed(db).map((head) => [head.origin, head]));
  }

  /** Compares what was signed last with the head of a log; gives what the guard says of the entries. */
  claims(log: LogState, headSize: number): RootClaim[] {
    const { origin } = log;
    const signed = this.heads.get(origin);
    this.heads.delete(origin);
    const place = { table: "guard.db/heads", key: origin, origin };
    if (signed === undefined) {
      // A log made since the guard was read has its row by now, unless a crash came between.
      const isNew = readGuarded(this.db).some((head) => head.origin === origin);
      const isKnown = headSize < 0 || this.ended.has(origin) || isNew;
      if (!isKnown)
        this.findings.add("guard_missing", place, "the rollback guard does not know the log; a restart tells it");
      return [];
    }
    if (signed.size > headSize) {
      const message = `size ${signed.size} was signed, and the head is of ${Math.max(0, headSize)}: the data is older than the guard`;
      this.findings.add("guard_ahead", place, message);
      return [];
    }
    return [{ ...signed, code: "guard_root_wrong", place, claimant: "the rollback guard" }];
  }

  /** Compares an ended log with what the epoch that replaced it says; gives what that says of the entries kept. */
  endedClaims(log: LogState, says: PreviousLog | undefined, successor: string): RootClaim[] {
    const end = this.ended.get(log.origin);
    this.ended.delete(log.origin);
    const place = { table: "guard.db/closed", key: log.origin, origin: log.origin };
    const wrong = (message: string): void => this.findings.add("guard_ended_wrong", place, message);
    if (says === undefined || says.origin !== log.origin) {
      wrong("the epoch that follows does not say what was signed last");
      return [];
    }
    const { signed, kept } = says;
    const isSame = end === undefined || (end.size === signed.size && bytesToHex(end.root) === signed.root);
    if (!isSame) wrong("guard and genesis of the next epoch disagree about what was signed last");
    if (end !== undefined && end.successor !== successor)
      wrong("the guard names another epoch as the one that follows");
    return [
      {
        size: kept.size,
        root: hexToBytes(kept.root),
        code: "guard_ended_wrong",
        place,
        claimant: "the genesis of the next epoch",
      },
    ];
  }

  /** Reports origins that no log has. Ended ones of tenants that were lost as a whole are as they should be. */
  finish(): void {
    for (const origin of this.heads.keys()) {
      const place = { table: "guard.db/heads", key: origin, origin };
      this.findings.add("guard_unknown_origin", place, "the guard knows a log that the data directory does not have");
    }
    for (const { origin, successor } of this.ended.values()) {
      if (successor === null) continue;
      const place = { table: "guard.db/closed", key: origin, origin };
      this.findings.add("guard_ended_wrong", place, "the guard says that a log was replaced which nobody knows");
    }
  }
}
