import { instancePaths, lockDirectory, openWriterSide, systemClock } from "@cairn/ledger";
import { callRunningServer } from "../admin/call-running-server.ts";
import { localClient } from "../threads/rpc.ts";
import { createWriterHandlers } from "../threads/writer-handlers.ts";
import type { ServerCommand } from "./command.ts";
import { type DataOptions, readDataOptions } from "./data-command.ts";
import { explain } from "./explain.ts";

const USAGE = "cairn keys rotate [--data-dir D] [--state-dir S]";

/** `cairn keys rotate`: replaces every tenant's wrapping key and the instance key, beside a running server or alone. */
export const keysRotateCommand: ServerCommand = {
  name: "keys rotate",
  summary: "replace the keys that wrap others, which makes erasures final",
  usage: USAGE,
  async run(argv) {
    try {
      const options = readDataOptions(argv);
      await rotate(options);
      const report = { rotated: true };
      console.error(
        "cairn: the keys were rotated. Back up the state directory: its older backups open older data only.",
      );
      if (options.values.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
      return 0;
    } catch (error) {
      return explain(error, USAGE);
    }
  },
};

async function rotate({ dataDir, stateDir }: DataOptions): Promise<void> {
  if ((await callRunningServer(dataDir, "keys-rotate", {})) !== undefined) return;
  const paths = instancePaths(dataDir, stateDir);
  const lock = lockDirectory(paths.lock);
  try {
    const writer = localClient(createWriterHandlers(openWriterSide(paths, systemClock), () => undefined));
    await writer.call("rotateKeys", "all");
    await writer.call("close", undefined);
  } finally {
    lock.release();
  }
}
