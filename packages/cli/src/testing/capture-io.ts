import { Readable } from "node:stream";
import type { CliIo } from "../command/io.ts";

/** What a command wrote. */
export interface CapturedIo extends CliIo {
  readonly out: () => string;
  readonly err: () => string;
  readonly abort: () => void;
}

/** Makes the surroundings of a command in a test. */
export function captureIo(
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: Uint8Array;
    readonly isTerminal?: boolean;
  } = {},
): CapturedIo {
  const controller = new AbortController();
  let out = "";
  let err = "";
  const { isTerminal = false } = options;
  return {
    env: options.env ?? {},
    stdin: Readable.from([options.stdin ?? new Uint8Array(0)]),
    stdout: {
      write(text) {
        out += text;
        return Promise.resolve();
      },
      isTerminal,
      columns: 100,
    },
    stderr: {
      write(text) {
        err += text;
        return Promise.resolve();
      },
      isTerminal,
      columns: 100,
    },
    signal: controller.signal,
    out: () => out,
    err: () => err,
    abort: () => controller.abort(),
  };
}
