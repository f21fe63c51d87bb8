import { existsSync, rmSync } from "node:fs";
import { instancePaths, LedgerError, lockDirectory, type Recovery, recoverNewEpoch, systemClock } from "@cairn/ledger";
import type { ServerCommand } from "./command.ts";
import { readDataOptions, UsageError } from "./data-command.ts";
import { explain } from "./explain.ts";

/** `cairn recover --new-epoch`: goes on under new origins after an older data directory was restored. */
export const recoverCommand: ServerCommand = {
  name: "recover",
  summary: "go on after an older data directory was restored",
  usage: "cairn recover --new-epoch [--data-dir D] [--state-dir S] [--reason TEXT] [--json]",
  async run(argv) {
    try {
      const { dataDir, stateDir, values } = readDataOptions(argv, { "new-epoch": "boolean", reason: "string" });
      if (values["new-epoch"] !== true)
        throw new UsageError("say --new-epoch: the logs of the tenants concerned end, and new ones begin");
      const paths = instancePaths(dataDir, stateDir);
      for (const path of [paths.database, paths.guard])
        if (!existsSync(path)) throw new LedgerError("not_found", `there is no ${path}`);
      const lock = lockDirectory(paths.lock);
      try {
        const reason = values.reason as string | undefined;
        const recovery = recoverNewEpoch(paths, { clock: systemClock, ...(reason === undefined ? {} : { reason }) });
        // The index may hold what was lost: it is built anew from what there is.
        if (recovery.epochs.length > 0) rmSync(paths.index, { recursive: true, force: true });
        process.stdout.write(values.json === true ? `${JSON.stringify(recovery)}\n` : describe(recovery));
        return 0;
      } finally {
        lock.release();
      }
    } catch (error) {
      return explain(error, recoverCommand.usage);
    }
  },
};

function describe({ epochs, lostOrigins }: Recovery): string {
  if (epochs.length + lostOrigins.length === 0)
    return "Nothing to recover from: the data directory holds everything that was signed.\n";
  const lines = epochs.map(({ tenant, previousLedger, ledger, origin, lost }) => {
    const what =
      lost === undefined
        ? "no signed event is lost"
        : `events ${lost.first} to ${lost.last} are lost, and whatever was acknowledged after them`;
    return `Tenant ${tenant}: ledger ${previousLedger} has ended (${what}); ledger ${ledger} begins as ${origin}.`;
  });
  for (const origin of lostOrigins)
    lines.push(`${origin} is lost as a whole: the data directory is older than its tenant or epoch.`);
  if (epochs.length > 0) lines.push("The search index is gone; the next start builds it anew.");
  lines.push(
    "Tell those who keep checkpoints: the new control logs begin with what was signed last. Erasures made since the backup have to be made again.",
  );
  return `${lines.join("\n")}\n`;
}
