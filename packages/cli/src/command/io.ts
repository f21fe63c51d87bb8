import type { Readable } from "node:stream";

/** Everything a command touches of the process, so that tests can stand in for it. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Where a command writes. */
export interface CliOutput {
  /** Resolves when more can be written, so that a slow reader of a pipe slows the writer down. */
  write(text: string): Promise<void>;
  /** Whether a person is looking. */
  readonly isTerminal: boolean;
  readonly columns: number;
}

const DEFAULT_COLUMNS = 80;

/** Makes the real thing. A pipe that is closed at the other end (`| head`) ends the command quietly. */
export function processIo(): CliIo {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
  return {
    env: process.env,
    stdin: process.stdin,
    stdout: outputOf(process.stdout, controller),
    stderr: outputOf(process.stderr, controller),
    signal: controller.signal,
  };
}

function outputOf(stream: NodeJS.WriteStream, controller: AbortController): CliOutput {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") controller.abort();
    else throw error;
  });
  return {
    write: (text) =>
      new Promise((resolve) => {
        // The callback also comes after an error, which is the listener's.
        stream.write(text, () => resolve());
      }),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? DEFAULT_COLUMNS;
    },
  };
}
