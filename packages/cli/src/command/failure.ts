import { CairnApiError, CairnClientError, isRetryable } from "@cairn/sdk";
import { EXIT } from "./exit-code.ts";

/** A command cannot go on: the message says why, and the exit code tells scripts. */
export class CliFailure extends Error {
  override readonly name = "CliFailure";
  readonly exitCode: number;

  constructor(message: string, options: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** Turns what was thrown into a sentence and an exit code; undefined for a fault of ours. */
export function explainFailure(
  error: unknown,
  signal: AbortSignal,
): { readonly message: string; readonly exitCode: number } | undefined {
  if (error instanceof CliFailure) return error;
  if (error instanceof CairnApiError) return { message: sentenceOf(error), exitCode: exitCodeOf(error) };
  if (error instanceof CairnClientError) {
    if (signal.aborted) return { message: "", exitCode: EXIT.interrupted };
    return { message: error.message, exitCode: exitCodeOf(error) };
  }
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  // The operating system's own words name the file.
  if (typeof code === "string" && typeof syscall === "string") return { message, exitCode: EXIT.failed };
  return undefined;
}

/** Gives the exit code for a failed call. */
export function exitCodeOf(error: CairnApiError | CairnClientError): number {
  if (error.code === "option_invalid") return EXIT.usage;
  const isAway = isRetryable(error) || error.code === "redirected" || error.code === "response_invalid";
  return isAway ? EXIT.unreachable : EXIT.failed;
}

/** Says what the server refused and what to do. */
export function sentenceOf(error: CairnApiError): string {
  const { line, column, offset } = error.place;
  const place = [
    error.pointer === undefined || error.pointer === "" ? undefined : `at ${error.pointer}`,
    line === undefined ? undefined : `line ${line}`,
    column === undefined ? undefined : `column ${column}`,
    offset === undefined ? undefined : `at character ${offset + 1}`,
  ].filter((part) => part !== undefined);
  const where = place.length === 0 ? "" : ` (${place.join(", ")})`;
  const request = error.requestId === undefined ? "" : ` [request ${error.requestId}]`;
  return `${error.code}: ${error.message}${where}${request}${error.fix === undefined ? "" : `\n  ${error.fix}`}`;
}
