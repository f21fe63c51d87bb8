import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sealedToken } from "../../../apps/server/src/access/sealed-token.ts";

const LAUNCHER = fileURLToPath(new URL("../../../apps/server/bin/cairn.mjs", import.meta.url));
const BUILD = fileURLToPath(new URL("../../../scripts/build.ts", import.meta.url));
const START_TIMEOUT_MS = 60_000;
const VIEWER_TOKEN = "cairn_view_";

/** A server process of its own, with a data directory of its own. */
export interface Cairn {
  readonly url: string;
  /** The sign-in link that the server printed. */
  readonly firstLink: string;
  /** The test key that the server printed. */
  readonly key: string;
  /** The cookie of a session, opened once by the first link and good for every test. */
  session(): Promise<{ readonly name: string; readonly value: string }>;
  /** Makes another sign-in link with the command line; with `--operator`, one for the operator of the instance. */
  link(...flags: readonly string[]): Promise<string>;
  /** Makes a key with the command line: of a tenant, or of the whole project. */
  createKey(options: { readonly tenant?: string; readonly project?: string; readonly scopes: string }): Promise<string>;
  /** Adds the demo data: the tenants `clinic` and `saas` of the project `demo`. */
  addDemo(): Promise<void>;
  /** The same viewer token with less of a life. */
  shortLived(token: string, lifeMs: number): string;
  /** Records events and waits until search finds them; with `sealed`, also until a checkpoint covers them. */
  record(events: readonly object[], until?: "searchable" | "sealed"): Promise<readonly Receipt[]>;
  stop(): Promise<void>;
}

export interface Receipt {
  readonly ledger: number;
  readonly sequence: number;
}

let built: Promise<unknown> | undefined;

/** Builds the page if need be, and starts a server; `flags` are further arguments of `cairn serve`. */
export async function startCairn(flags: readonly string[] = []): Promise<Cairn> {
  built ??= promisify(execFile)(process.execPath, [BUILD]);
  await built;
  const directory = mkdtempSync(join(tmpdir(), "cairn-browser-"));
  const dataDir = join(directory, "data");
  const child = spawn(process.execPath, [LAUNCHER, "serve", "--data-dir", dataDir, "--port", "0", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  let complained = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complained += text;
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const until = Date.now() + START_TIMEOUT_MS;
    while (!/first-use\?token=\S+[\s\S]*Bearer cairn_/.test(printed)) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the server did not start:\n${complained}`);
      await sleep(50);
    }
    // A page may be opened before search is there, and says so; what is tested mostly is what comes then.
    while (!(await fetch(`${urlIn(printed)}/readyz`)).ok) {
      if (Date.now() > until) throw new Error(`search did not start:\n${complained}`);
      await sleep(50);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const url = urlIn(printed);
  const key = /Bearer (cairn_\w+)/.exec(printed)?.[1] ?? "";
  const firstLink = /\S+first-use\?token=\S+/.exec(printed)?.[0] ?? "";
  let session: Promise<{ readonly name: string; readonly value: string }> | undefined;
  const command = async (...args: string[]) => {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [LAUNCHER, ...args, "--data-dir", dataDir]);
      return stdout.trim();
    } catch (cause) {
      throw new Error(`cairn ${args.join(" ")} failed; the server said:\n${printed}\n${complained}`, { cause });
    }
  };

  return {
    url,
    firstLink,
    key,
    session() {
      session ??= openSession(firstLink);
      return session;
    },
    async link(...flags) {
      const text = await command("link", ...flags);
      return `${url}${/\/first-use\?token=\S+/.exec(text)?.[0] ?? ""}`;
    },
    createKey: ({ tenant, project, scopes }) =>
      command(
        ...["keys", "create", "--scopes", scopes],
        ...(tenant === undefined ? [] : ["--tenant", tenant]),
        ...(project === undefined ? [] : ["--project", project]),
      ),
    async addDemo() {
      await command("demo", "add");
    },
    shortLived(token, lifeMs) {
      const tokens = sealedToken<unknown>(
        Buffer.from(readFileSync(`${dataDir}-state/server.key`, "utf8"), "base64"),
        "viewer-tokens",
      );
      const nowMs = Date.now();
      return `${VIEWER_TOKEN}${tokens.write(tokens.read(token.slice(VIEWER_TOKEN.length), nowMs), nowMs + lifeMs)}`;
    },
    async record(events, until = "searchable") {
      const receipts = await send({ url, key, events, wait: "searchable" });
      // The same again are duplicates: nothing new, but somebody who waits for the seal.
      if (until === "sealed") await send({ url, key, events, wait: "sealed" });
      return receipts;
    },
    stop,
  };
}

function urlIn(printed: string): string {
  return /running at (\S+)/.exec(printed)?.[1] ?? "";
}

async function openSession(link: string): Promise<{ readonly name: string; readonly value: string }> {
  const response = await fetch(link, { redirect: "manual" });
  const [, name = "", value = ""] = /^([^=]+)=([^;]+)/.exec(response.headers.get("set-cookie") ?? "") ?? [];
  if (response.status !== 303 || value === "") throw new Error(`the first link does not sign in: ${response.status}`);
  return { name, value };
}

interface Sending {
  readonly url: string;
  readonly key: string;
  readonly events: readonly object[];
  readonly wait: "searchable" | "sealed";
}

async function send({ url, key, events, wait }: Sending): Promise<readonly Receipt[]> {
  const response = await fetch(`${url}/v1/events?wait=${wait}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ events }),
  });
  const body = (await response.json()) as { readonly results: readonly { readonly receipt: Receipt }[] };
  if (response.status !== 200) throw new Error(`events were refused: ${JSON.stringify(body).slice(0, 1_000)}`);
  return body.results.map(({ receipt }) => receipt);
}
