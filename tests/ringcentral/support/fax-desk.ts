import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CLIENT_ID, CLIENT_SECRET, JWT } from "./fake-ringcentral.ts";

const SOURCE = fileURLToPath(new URL("../../../examples/fax-desk/src/", import.meta.url));
export const PASSWORD = "correct horse battery staple";
export const STAFF = [
  { id: "s-1", name: "Jane Doe", email: "jane@clinic.example" },
  { id: "s-2", name: "John Roe", email: "john@clinic.example" },
] as const;

/** The example in a process of its own. */
export interface FaxDesk {
  readonly url: string;
  output(): string;
  stop(): Promise<void>;
}

/** Starts the example as its README says. */
export async function startFaxDesk(env: Readonly<Record<string, string>>): Promise<FaxDesk> {
  const directory = mkdtempSync(join(tmpdir(), "fax-desk-"));
  const file = join(directory, "staff.json");
  const password = await hashOf(PASSWORD);
  writeFileSync(file, JSON.stringify(STAFF.map((member) => ({ ...member, password }))));
  const child = spawn(process.execPath, [join(SOURCE, "main.ts")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...{ PATH: process.env.PATH, FAX_DESK_STAFF: file, PORT: "0" },
      ...{ RC_APP_CLIENT_ID: CLIENT_ID, RC_APP_CLIENT_SECRET: CLIENT_SECRET, RC_JWT_TOKEN: JWT },
      ...env,
    },
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const url = await firstUrl(child, () => output);
  return {
    url,
    output: () => output,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await ended;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function hashOf(password: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [join(SOURCE, "hash-password.ts")], (error, stdout) =>
      error === null ? resolve(stdout.trim()) : reject(error),
    );
    child.stdin?.end(`${password}\n`);
  });
}

function firstUrl(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => {
      const [url] = /http:\/\/[\w.:]+/.exec(chunk.toString()) ?? [];
      if (url === undefined) reject(new Error(`the fax desk says ${chunk.toString()}`));
      else resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`the fax desk ended with ${code}: ${output()}`)));
  });
}
