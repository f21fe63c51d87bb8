import { flushCompileCache } from "node:module";
import { readConfig } from "../config.ts";
import type { ServerCommand } from "./command.ts";
import { explain } from "./explain.ts";

/** How long a shutdown may take before the process ends anyway; everything acknowledged is on the disk already. */
const STOP_TIMEOUT_MS = 15_000;

/** A part of the server ended: EX_SOFTWARE of sysexits(3). */
const FATAL_EXIT_CODE = 70;

/** `cairn serve`: runs the server until it is told to stop. */
export const serveCommand: ServerCommand = {
  name: "serve",
  summary: "run the server",
  usage: "cairn serve [--data-dir D] [--state-dir S] [--port N] [--host H]",
  async run(argv) {
    const stopped = Promise.withResolvers<number>();
    // From now on, or a stop that is asked for during the start would be heard by nobody.
    let onStop = (): void => exitNow(0);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => onStop());
    try {
      const config = readConfig(argv, process.env);
      // Most of the program: the other commands are quick because they do without.
      const { startServer } = await import("../server.ts");
      const { prepareFirstUse } = await import("../first-use.ts");
      const server = await startServer(config, {
        onFatal(error) {
          explain(error, serveCommand.usage);
          stopped.resolve(FATAL_EXIT_CODE);
        },
      });
      onStop = () => stopped.resolve(0);
      process.stdout.write(await prepareFirstUse(server));
      // Otherwise kept when it ends well, and what ends first may be the power.
      flushCompileCache();
      const code = await stopped.promise;
      if (code !== 0) return exitNow(code);
      setTimeout(() => exitNow(1), STOP_TIMEOUT_MS).unref();
      await server.stop();
      return code;
    } catch (error) {
      // Threads that started before the failure would keep the process, and the data directory's lock.
      return exitNow(explain(error, serveCommand.usage));
    }
  },
};

/** Ends at once, whatever runs: what is not on the disk is not acknowledged, and start-up knows how to recover. */
function exitNow(code: number): never {
  process.exit(code);
}
