import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const POLL_MS = 100;
const SEAL_TIMEOUT_MS = 60_000;
const EXPORT_TIMEOUT_MS = 120_000;

/** A tenant's log, as `GET /v1/tenant` tells it. */
export interface LogInfo {
  readonly id: string;
  readonly origin: string;
  readonly vkey: string;
  readonly control_vkey: string;
  readonly size: number;
  readonly checkpoint_size: number;
}

/** What a test does as one tenant, all of it over HTTP. */
export interface TenantClient {
  readonly key: string;
  /** URL of the prefix of the tenant's log. */
  logUrl(): Promise<string>;
  /** Records a body of `POST /v1/events` and expects every event of it to be accepted. */
  record(body: string | Uint8Array<ArrayBuffer>, parameters?: string): Promise<void>;
  /** Waits until a checkpoint covers everything recorded. */
  sealed(): Promise<LogInfo>;
  /** Gets text from a path below the URL of the server, or below the tenant's log. */
  text(path: string): Promise<string>;
  /** Exports evidence and unpacks it below `directory`; gives the directory of the bundle. */
  exportEvidence(order: {
    readonly q: string;
    readonly kind: "full" | "compact";
    readonly directory: string;
  }): Promise<string>;
}

/** Makes a client of the tenant that `key` belongs to. */
export function createTenantClient(serverUrl: string, key: string): TenantClient {
  const authorization = `Bearer ${key}`;

  async function get(path: string): Promise<Response> {
    const response = await fetch(new URL(path, serverUrl), { headers: { authorization } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async function post(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
    const headers = { authorization, "content-type": "application/json" };
    for (;;) {
      const response = await fetch(new URL(path, serverUrl), { method: "POST", headers, body });
      if (response.status !== 429 && response.status !== 503) return response;
      await response.arrayBuffer();
      await sleep(Number(response.headers.get("retry-after") ?? 1) * 1_000);
    }
  }

  async function log(): Promise<LogInfo> {
    return ((await (await get("/v1/tenant")).json()) as { log: LogInfo }).log;
  }

  return {
    key,
    text: async (path) => (await get(path)).text(),
    logUrl: async () => `${serverUrl}/log/${(await log()).id}`,

    async record(body, parameters = "") {
      const response = await post(`/v1/events?${parameters}`, body);
      const answer = await response.text();
      if (response.status !== 200) throw new Error(`POST /v1/events: ${response.status} ${answer.slice(0, 1_000)}`);
    },

    async sealed() {
      for (const deadline = Date.now() + SEAL_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
        const info = await log();
        if (info.checkpoint_size === info.size) return info;
      }
      throw new Error("the log was not sealed in time");
    },

    async exportEvidence({ q, kind, directory }) {
      const order = { q, format: "evidence", ...(kind === "compact" ? { compact: true } : {}) };
      const response = await post("/v1/exports", JSON.stringify(order));
      if (response.status !== 202) throw new Error(`POST /v1/exports: ${response.status} ${await response.text()}`);
      const { id } = (await response.json()) as { id: string };
      const url = await finished(id);
      const archive = join(directory, "evidence.tar");
      mkdirSync(directory, { recursive: true });
      writeFileSync(archive, Buffer.from(await (await get(url)).arrayBuffer()));
      await promisify(execFile)("tar", ["-xf", archive, "-C", directory]);
      rmSync(archive);
      return bundleBelow(directory);
    },
  };

  async function finished(id: string): Promise<string> {
    for (const deadline = Date.now() + EXPORT_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
      const job = (await (await get(`/v1/exports/${id}`)).json()) as {
        state: string;
        file: { url: string } | null;
      };
      if (job.state === "failed") throw new Error(`the export failed: ${JSON.stringify(job)}`);
      if (job.file !== null) return job.file.url;
    }
    throw new Error("the export was not finished in time");
  }
}

/** A tar may hold a bundle under a directory of its own. */
function bundleBelow(directory: string): string {
  if (existsSync(join(directory, "manifest.json"))) return directory;
  const [only] = readdirSync(directory, { withFileTypes: true }).filter((item) => item.isDirectory());
  if (only === undefined) throw new Error("the export holds no bundle");
  return join(directory, only.name);
}
