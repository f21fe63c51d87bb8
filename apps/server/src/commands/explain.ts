import { LedgerError } from "@cairn/ledger";
import { EngineLockedError, EngineStartError, EngineUnavailableError } from "@cairn/search";
import { ConfigError } from "../config.ts";
import { UsageError } from "./data-command.ts";

/** Says on standard error what is wrong and what to do, and gives the exit code. */
export function explain(error: unknown, usage: string): number {
  if (error instanceof UsageError) {
    console.error(`cairn: ${error.message}\nUsage: ${usage}`);
    return 2;
  }
  if (error instanceof ConfigError) {
    for (const problem of error.problems) console.error(`cairn: ${problem}`);
    return 2;
  }
  if (error instanceof LedgerError) console.error(`cairn: ${error.code}: ${error.message}`);
  else if (
    error instanceof EngineUnavailableError ||
    error instanceof EngineLockedError ||
    error instanceof EngineStartError
  ) {
    console.error(`cairn: ${error.message}`);
  } else console.error(`cairn: ${systemMessage(error) ?? (error instanceof Error ? error.message : String(error))}`);
  return 1;
}

function systemMessage(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return `${message}; give another --port`;
  if (code === "EACCES" || code === "EPERM") return `${message}; choose a directory or port you may use`;
  return undefined;
}
