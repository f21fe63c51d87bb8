import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithUs } from "./children.ts";
import { PostgresConnection } from "./postgres-connection.ts";

/** A PostgreSQL server of its own, reached by a socket in its directory only. */
export interface PostgresServer {
  readonly pid: number;
  readonly dataDir: string;
  open(): Promise<PostgresConnection>;
  stop(): Promise<void>;
}

const BIN = process.env.CAIRN_BENCH_POSTGRES_BIN ?? "/usr/lib/postgresql/15/bin";
const PORT = 5_432;
const START_TIMEOUT_MS = 30_000;

/** What somebody who tunes a little would set on a machine with some gigabytes; every commit is synced. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "",
  fsync: "on",
  synchronous_commit: "on",
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  max_connections: "100",
};

/** Makes a database in a temporary directory and starts it. PostgreSQL refuses root: under root it runs as `postgres`. */
export async function startPostgres(): Promise<PostgresServer> {
  const directory = mkdtempSync(join(process.env.CAIRN_BENCH_DIR ?? tmpdir(), "cairn-postgres-"));
  const dataDir = join(directory, "data");
  mkdirSync(dataDir, { mode: 0o700 });
  const user = unprivilegedUser();
  if (user !== undefined) for (const path of [directory, dataDir]) chownSync(path, user.uid, user.gid);
  execFileSync(join(BIN, "initdb"), ["-D", dataDir, "-U", "bench", "-A", "trust", "--locale", "C.UTF-8"], {
    ...user,
    stdio: "ignore",
    cwd: directory,
  });
  const log = openSync(join(directory, "postgres.log"), "w");
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const args = ["-D", dataDir, "-p", String(PORT), "-k", directory, ...settings];
  const child = spawn(join(BIN, "postgres"), args, { ...user, stdio: ["ignore", log, log], cwd: directory });
  endWithUs(child);
  const socketPath = join(directory, `.s.PGSQL.${PORT}`);
  const open = (): Promise<PostgresConnection> => PostgresConnection.open({ socketPath, user: "bench" });
  await waitUntilReady(open);
  return {
    pid: child.pid!,
    dataDir,
    open,
    async stop() {
      await stop(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function waitUntilReady(open: () => Promise<PostgresConnection>): Promise<void> {
  let last: unknown;
  for (const until = Date.now() + START_TIMEOUT_MS; Date.now() < until; await sleep(100)) {
    try {
      const connection = await open();
      await connection.query("SELECT 1");
      connection.close();
      return;
    } catch (error) {
      last = error;
    }
  }
  throw new Error("PostgreSQL did not start", { cause: last });
}

/** SIGINT is PostgreSQL's fast shutdown. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  await ended;
}
