import { LedgerError } from "@cairn/ledger";
import { ConfigError, readConfig } from "../config.ts";
import { prepareFirstUse } from "../first-use.ts";
import { startServer } from "../server.ts";
import type { ServerCommand } from "./command.ts";

/** How long a shutdown may take before the process ends anyway; everything acknowledged is on the disk already. */
const STOP_TIMEOUT_MS = 15_000;

/** `cairn serve`: runs the server until it is told to stop. */
export const serveCommand: ServerCommand = {
  name: "serve",
  summary: "run the server",
  usage: "cairn serve [--data-dir D] [--state-dir S] [--port N] [--host H]",
  async run(argv) {
    try {
      const config = readConfig(argv, process.env);
      const stopped = Promise.withResolvers<number>();
      const server = await startServer(config, { onFatal: () => stopped.resolve(70) });
      process.stdout.write(await prepareFirstUse(server));
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.resolve(0));
      const code = await stopped.promise;
      if (code !== 0) return exitNow(code);
      setTimeout(() => exitNow(1), STOP_TIMEOUT_MS).unref();
      await server.stop();
      return code;
    } catch (error) {
      return explain(error);
    }
  },
};

/** A part has died: what is not on the disk is not acknowledged, and start-up knows how to recover. */
function exitNow(code: number): never {
  process.exit(code);
}

/** Says what is wrong and what to do. */
export function explain(error: unknown): number {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) console.error(`cairn: ${problem}`);
    return 2;
  }
  if (error instanceof LedgerError) {
    console.error(`cairn: ${error.code}: ${error.message}`);
    return 1;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") console.error(`cairn: ${message}; give another --port`);
  else if (code === "EACCES") console.error(`cairn: ${message}; choose a directory or port you may use`);
  else console.error("cairn:", error);
  return 1;
}
