import { loadStateSecrets } from "../crypto/state-dir.ts";
import { openGuard, openWriterSide } from "../instance.ts";
import type { Paths } from "../storage/paths.ts";
import type { Clock } from "../writer/clock.ts";
import { openEpochs, type Recovery } from "./open-epochs.ts";

/**
 * Lets an instance go on whose data directory was restored from an older backup: see {@link openEpochs}. The caller holds
 * the directory's lock.
 * @throws LedgerError not_found where there is no instance; state_mismatch when the state directory is another's
 */
export function recoverNewEpoch(paths: Paths, options: { readonly clock: Clock; readonly reason?: string }): Recovery {
  loadStateSecrets(paths, { create: "never" });
  const side = openWriterSide(paths, options.clock);
  const guard = openGuard(side);
  try {
    const recovery = openEpochs(side, guard, options);
    // What follows the logs may be ahead of them: the search index begins anew.
    if (recovery.epochs.length > 0) side.db.run("DELETE FROM cursors WHERE follower = 'index'");
    return recovery;
  } finally {
    guard.close();
    side.close();
  }
}
