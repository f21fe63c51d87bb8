import { bytesEqual } from "@cairn/merkle";
import type { RollbackGuard } from "../crypto/state-dir.ts";
import { LedgerError } from "../error.ts";
import type { Database } from "../storage/database.ts";
import { readLogs } from "../storage/logs.ts";
import { readHead } from "./sealer.ts";

/**
 * Compares every signed head with the rollback guard, before anything is signed. A head the guard does not know yet was
 * committed just before a crash and never published: the guard is brought up to it.
 * @throws LedgerError rollback when the guard has seen something newer, or another root at the same size
 */
export function checkGuard(db: Database, guard: RollbackGuard): void {
  const known = new Map(guard.heads().map((head) => [head.origin, head]));
  const ahead: { origin: string; size: number; root: Uint8Array }[] = [];
  for (const log of readLogs(db)) {
    const guarded = known.get(log.origin);
    known.delete(log.origin);
    const head = readHead(db, log);
    const size = head?.size ?? -1;
    if (guarded !== undefined && guarded.size > size) {
      throw rollback(
        `${log.origin} was signed at size ${guarded.size}, and the data directory holds ${Math.max(0, size)}`,
      );
    }
    if (head === undefined) continue;
    if (guarded !== undefined && guarded.size === size && !bytesEqual(guarded.root, head.root)) {
      throw rollback(`${log.origin} was signed at size ${size} with another root than the data directory holds`);
    }
    if (guarded === undefined || guarded.size < size) ahead.push({ origin: log.origin, size, root: head.root });
  }
  const [missing] = known.keys();
  if (missing !== undefined) throw rollback(`${missing} was signed, and the data directory does not know it`);
  if (ahead.length > 0) guard.advance(ahead);
}

function rollback(what: string): LedgerError {
  return new LedgerError(
    "rollback",
    `refusing to sign: ${what}. The data directory was restored from an older backup. Bring back the newer one, or run \`cairn recover --new-epoch\` to go on under a new origin`,
  );
}
