import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { promisify } from "node:util";

/** A named pipe opened for one result. */
export type ResultPipe = Readonly<{
  /** What the engine writes; ends after {@link ResultPipe.finish} when everything has been read. */
  readable: Socket;
  /** Says that the engine's statement is over. Without it the pipe never ends. Harmless the second time. */
  finish: () => void;
}>;

/** Makes the named pipes at `paths`, readable by this user only. */
export async function makeNamedPipes(paths: readonly string[]): Promise<void> {
  await promisify(execFile)("mkfifo", ["-m", "600", ...paths]);
}

/**
 * Opens the named pipe at `path`, which must exist, for the result of one statement.
 *
 * A pipe rather than chDB's own streaming call, which formats every block as a document of its own (wrong for JSON,
 * Parquet, CSVWithNames), and rather than a spool file, which the engine cuts short without an error when the disk is full
 * (seen in chDB 3.4.0, INTO OUTFILE and INSERT INTO FUNCTION file alike). The kernel's pipe buffer bounds what lies
 * between engine and client, and a client that reads slowly slows the engine down.
 */
export function openResultPipe(path: string): ResultPipe {
  // Non-blocking, because nobody writes yet; the writing side is kept open so that the reader does not see an end before
  // the engine has come.
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let writer: number | undefined;
  try {
    writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    closeSync(reader);
    throw error;
  }
  const readable = new Socket({ fd: reader, readable: true, writable: false });
  const finish = () => {
    if (writer === undefined) return;
    closeSync(writer);
    writer = undefined;
  };
  return { readable, finish };
}
