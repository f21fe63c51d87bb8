import { bytesEqual } from "@cairn/merkle";
import type { GuardedHead, RollbackGuard } from "../crypto/state-dir.ts";
import { LedgerError } from "../error.ts";
import type { Database } from "../storage/database.ts";
import { type LogState, newestEpochs, readLogs } from "../storage/logs.ts";
import { readHead } from "./sealer.ts";

/** A log that must not be signed for, and why. */
export interface Rollback {
  readonly origin: string;
  /** The log as the data directory holds it; undefined when it does not know the log at all. */
  readonly log: LogState | undefined;
  readonly kind: "behind" | "forked" | "ended" | "unknown";
  /** What was signed last. */
  readonly signed: GuardedHead;
  readonly message: string;
}

/** What comparing the data directory with the rollback guard shows. */
export interface GuardComparison {
  readonly rollbacks: readonly Rollback[];
  /** Heads that were committed just before a crash and never published: the guard is still to learn of them. */
  readonly ahead: readonly GuardedHead[];
}

/** Compares every signed head with the rollback guard; changes nothing. */
export function compareGuard(db: Database, guard: RollbackGuard): GuardComparison {
  const known = new Map(guard.heads().map((head) => [head.origin, head]));
  const ended = new Map(guard.closed().map((head) => [head.origin, head]));
  const logs = readLogs(db);
  const open = new Set(newestEpochs(logs));
  const rollbacks: Rollback[] = [];
  const ahead: GuardedHead[] = [];
  for (const log of logs) {
    const { origin } = log;
    const signed = known.get(origin);
    known.delete(origin);
    const end = ended.get(origin);
    if (end !== undefined) {
      if (open.has(log)) rollbacks.push({ origin, log, kind: "ended", signed: end, message: endedMessage(end) });
      continue;
    }
    const head = readHead(db, log);
    const size = head?.size ?? -1;
    if (signed !== undefined && signed.size > size) {
      const message = `${origin} was signed at size ${signed.size}, and the data directory holds ${Math.max(0, size)}`;
      rollbacks.push({ origin, log, kind: "behind", signed, message });
    } else if (head !== undefined && signed !== undefined && signed.size === size) {
      if (bytesEqual(signed.root, head.root)) continue;
      const message = `${origin} was signed at size ${size} with another root than the data directory holds`;
      rollbacks.push({ origin, log, kind: "forked", signed, message });
    } else if (head !== undefined) ahead.push({ origin, size, root: head.root });
  }
  for (const [origin, signed] of known) {
    const message = `${origin} was signed, and the data directory does not know it`;
    rollbacks.push({ origin, log: undefined, kind: "unknown", signed, message });
  }
  return { rollbacks, ahead };
}

function endedMessage({ origin, successor }: { readonly origin: string; readonly successor: string | null }): string {
  return `${origin} was ended${successor === null ? "" : ` and replaced by ${successor}`}, and the data directory would go on with it`;
}

/**
 * Compares every signed head with the rollback guard, before anything is signed, and brings the guard up to heads that a
 * crash kept from it.
 * @throws LedgerError rollback when the guard has seen something newer, or another root at the same size
 */
export function checkGuard(db: Database, guard: RollbackGuard): void {
  const { rollbacks, ahead } = compareGuard(db, guard);
  const [first] = rollbacks;
  if (first !== undefined) {
    const more = rollbacks.length === 1 ? "" : ` (and ${rollbacks.length - 1} more)`;
    throw new LedgerError(
      "rollback",
      `refusing to sign: ${first.message}${more}. The data directory was restored from an older backup. Bring back the newer one, or run \`cairn recover --new-epoch\` to go on under a new origin`,
    );
  }
  if (ahead.length > 0) guard.advance(ahead);
}
