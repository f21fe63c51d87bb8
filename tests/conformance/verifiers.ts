import { execFile } from "node:child_process";
import { Readable } from "node:stream";
import { type CliIo, type CliOutput, cliCommands, runCli } from "@cairn/cli";
import type { LogInfo } from "./tenant-client.ts";

/** How a run of the Go verifier ended. */
export interface GoVerdict {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the findings are about, each once, in their order. */
  readonly findings: readonly string[];
}

/** Runs the Go verifier. */
export function runGoVerifier(program: string, args: readonly string[]): Promise<GoVerdict> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== "number") return reject(error ?? new Error("BUG: no exit code"));
      const places = stderr.split("\n").map((line) => /^(.*?): /.exec(line)?.[1]);
      resolve({ code, stdout, stderr, findings: [...new Set(places.filter((place) => place !== undefined))] });
    });
  });
}

/** Runs `cairn verify` and gives its exit code. */
export function cairnVerify(path: string, log: LogInfo): Promise<number> {
  const silent: CliOutput = { write: async () => undefined, isTerminal: false, columns: 80 };
  const { signal } = new AbortController();
  const io: CliIo = { env: {}, stdin: Readable.from([]), stdout: silent, stderr: silent, signal };
  return runCli(["verify", path, "--key", log.vkey, "--key", log.control_vkey], cliCommands, io);
}
