import { rmSync } from "node:fs";
import { instancePaths, lockDirectory, openWriterSide, systemClock } from "@cairn/ledger";
import { callRunningServer } from "../admin/call-running-server.ts";
import type { ServerCommand } from "./command.ts";
import { readDataOptions } from "./data-command.ts";
import { explain } from "./explain.ts";

/** `cairn reindex`: throws the search index away; it is built anew from the ledger. */
export const reindexCommand: ServerCommand = {
  name: "reindex",
  summary: "build the search index anew from the ledger",
  usage: "cairn reindex [--data-dir D] [--state-dir S]",
  async run(argv) {
    try {
      const { dataDir, stateDir } = readDataOptions(argv);
      if ((await callRunningServer(dataDir, "reindex", {})) !== undefined) {
        console.log(
          "The running server is building the index anew, beside the one in use, which answers until then; the gauge " +
            "cairn_index_rebuild_events of /metrics is 0 again when it is done.",
        );
        return 0;
      }
      const paths = instancePaths(dataDir, stateDir);
      const lock = lockDirectory(paths.lock);
      try {
        const side = openWriterSide(paths, systemClock);
        side.db.run("DELETE FROM cursors WHERE follower = 'index'");
        side.close();
        rmSync(paths.index, { recursive: true, force: true });
      } finally {
        lock.release();
      }
      console.log("The index is gone; the next start builds it anew.");
      return 0;
    } catch (error) {
      return explain(error, reindexCommand.usage);
    }
  },
};
