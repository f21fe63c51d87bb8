import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import {
  compareGuard,
  hasDiskRoom,
  instancePaths,
  isLocked,
  openGuardReader,
  openReaderSide,
  type Paths,
  readLogs,
  STORAGE_FORMAT,
} from "@cairn/ledger";
import { startEmbeddedEngine } from "@cairn/search";
import { callRunningServer } from "../admin/call-running-server.ts";
import { ConfigError, readConfig } from "../config.ts";
import type { ServerCommand } from "./command.ts";
import { readDataOptions } from "./data-command.ts";
import { explain } from "./explain.ts";

/** What one look found: `warn` works but should not stay so, `fail` does not work. */
interface Diagnosis {
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Oldest Node whose SQLite, zstd and type stripping the server needs. */
const MIN_NODE = 24;
/** A record from further ahead of the clock than this holds all later ones at its time. */
const MAX_AHEAD_MS = 60_000;
const OTHERS = 0o077;
const PING_TIMEOUT_MS = 5_000;

/** `cairn doctor`: looks at everything a server depends on and says what to do. */
export const doctorCommand: ServerCommand = {
  name: "doctor",
  summary: "look at everything the server depends on and say what to do",
  usage: "cairn doctor [--data-dir D] [--state-dir S] [--confirm-clock] [--json]",
  async run(argv) {
    try {
      const { dataDir, stateDir, values } = readDataOptions(argv, { "confirm-clock": "boolean" });
      const paths = instancePaths(dataDir, stateDir);
      if (values["confirm-clock"] === true) return await confirmClock(dataDir);
      const diagnoses = await examine(paths);
      for (const diagnosis of values.json === true ? [] : diagnoses) console.log(describe(diagnosis));
      if (values.json === true) console.log(JSON.stringify({ diagnoses }));
      return diagnoses.some(({ state }) => state === "fail") ? 1 : 0;
    } catch (error) {
      return explain(error, doctorCommand.usage);
    }
  },
};

async function confirmClock(dataDir: string): Promise<number> {
  if ((await callRunningServer(dataDir, "confirm-clock", {})) === undefined) {
    console.error(`cairn: no server is running on ${dataDir}; a start takes the clock as it is`);
    return 1;
  }
  console.log(`The server takes ${new Date().toISOString()} as the time; events are accepted again.`);
  return 0;
}

async function examine(paths: Paths): Promise<Diagnosis[]> {
  return [
    checkSettings(),
    checkVersions(),
    ...checkDirectories(paths),
    ...checkDisks(paths),
    ...checkData(paths),
    checkServer(paths),
    await checkEngine(),
  ];
}

function checkSettings(): Diagnosis {
  const check = "settings";
  try {
    readConfig([], process.env);
    return { check, state: "ok", found: "the environment's settings can be read" };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      check,
      state: "fail",
      found: error.problems.join("; "),
      fix: "correct these variables of the environment",
    };
  }
}

function checkVersions(): Diagnosis {
  const { node, sqlite = "none", openssl } = process.versions;
  const found = `Node ${node}, SQLite ${sqlite}, OpenSSL ${openssl}, storage format ${STORAGE_FORMAT}`;
  const isOld = Number(node.split(".")[0]) < MIN_NODE;
  return isOld
    ? {
        check: "versions",
        state: "fail",
        found,
        fix: `run \`npm install\` in the clone: it brings Node ${MIN_NODE} or newer`,
      }
    : { check: "versions", state: "ok", found };
}

function checkDirectories(paths: Paths): Diagnosis[] {
  const diagnoses = [
    checkPrivate("data directory", paths.dataDir, "700"),
    checkPrivate("state directory", paths.stateDir, "700"),
    ...[paths.instanceKey, paths.signingKey, paths.serverSecret].map((path) => checkPrivate("key file", path, "600")),
  ];
  const inside = relative(paths.dataDir, paths.stateDir);
  if (!inside.startsWith("..") && existsSync(paths.stateDir)) {
    diagnoses.push({
      check: "state directory",
      state: "warn",
      found: `${paths.stateDir} lies inside the data directory`,
      fix: "move it out and give --state-dir: whoever gets a backup of the data must not get its keys and its guard with it",
    });
  }
  return diagnoses;
}

function checkPrivate(check: string, path: string, mode: string): Diagnosis {
  if (!existsSync(path))
    return { check, state: "warn", found: `${path} is not there`, fix: "the first `cairn serve` makes it" };
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch {
    return {
      check,
      state: "fail",
      found: `${path} cannot be read and written`,
      fix: "run as its owner, or change the owner",
    };
  }
  const isShared = (statSync(path).mode & OTHERS) !== 0;
  return isShared
    ? { check, state: "warn", found: `${path} is open to other users`, fix: `chmod ${mode} ${path}` }
    : { check, state: "ok", found: `${path} is its owner's alone` };
}

function checkDisks(paths: Paths): Diagnosis[] {
  return [paths.dataDir, paths.stateDir].filter(existsSync).map((path): Diagnosis => {
    const { bavail, blocks, bsize } = statfsSync(path);
    const gib = ((bavail * bsize) / 1024 ** 3).toFixed(1);
    const found = `${gib} GiB (${Math.floor((bavail / blocks) * 100)} %) free for ${path}`;
    return hasDiskRoom(path)
      ? { check: "disk", state: "ok", found }
      : { check: "disk", state: "fail", found, fix: "free space: below 5 % or 2 GiB no events are accepted" };
  });
}

/** Looks at what the databases say: the clock's past, and the guard. */
function checkData(paths: Paths): Diagnosis[] {
  if (!existsSync(paths.database) || !existsSync(paths.guard)) return [];
  const restore = "restore the data and state directories that belong together, then run `cairn fsck`";
  let side: ReturnType<typeof openReaderSide>;
  try {
    side = openReaderSide(paths);
  } catch (error) {
    return [{ check: "data", state: "fail", found: (error as Error).message, fix: restore }];
  }
  try {
    const newestMs = Math.max(0, ...readLogs(side.db).map((log) => log.lastReceivedAtMs));
    const guard = openGuardReader(side);
    const { rollbacks } = compareGuard(side.db, guard);
    guard.close();
    return [checkClock(newestMs), ...checkRollbacks(rollbacks.map(({ message }) => message))];
  } catch (error) {
    return [{ check: "data", state: "fail", found: (error as Error).message, fix: restore }];
  } finally {
    side.close();
  }
}

function checkClock(newestMs: number): Diagnosis {
  const found = `the clock says ${new Date().toISOString()}; the newest record is from ${new Date(newestMs).toISOString()}`;
  return newestMs > Date.now() + MAX_AHEAD_MS
    ? {
        check: "clock",
        state: "warn",
        found,
        fix: "set the clock right: until it gets there, every event is recorded as received at the newest record's time",
      }
    : { check: "clock", state: "ok", found };
}

function checkRollbacks(messages: readonly string[]): Diagnosis[] {
  if (messages.length === 0)
    return [{ check: "rollback guard", state: "ok", found: "the data directory holds everything that was signed" }];
  return messages.map((found) => ({
    check: "rollback guard",
    state: "fail",
    found,
    fix: "bring back the newer data directory; only if it is lost, go on with `cairn recover --new-epoch`",
  }));
}

function checkServer(paths: Paths): Diagnosis {
  const found = isLocked(paths.lock) ? "a server has the data directory" : "no server has the data directory";
  return { check: "server", state: "ok", found };
}

/** Starts an engine of its own in an empty directory: what keeps it from starting keeps the server's too. */
async function checkEngine(): Promise<Diagnosis> {
  const url = process.env.CAIRN_CLICKHOUSE_URL;
  const check = "search engine";
  if (url !== undefined) {
    try {
      const { origin } = new URL(url);
      await fetch(`${origin}/ping`, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
      return { check, state: "ok", found: `${origin} answers` };
    } catch (error) {
      return {
        check,
        state: "fail",
        found: (error as Error).message,
        fix: "start the ClickHouse server, or correct its URL",
      };
    }
  }
  const directory = mkdtempSync(join(tmpdir(), "cairn-doctor-"));
  try {
    const engine = await startEmbeddedEngine({ path: directory });
    await engine.stop();
    return { check, state: "ok", found: "the embedded engine starts" };
  } catch (error) {
    const fix = "give --clickhouse-url with a ClickHouse server, or run on a platform that the engine supports";
    return { check, state: "fail", found: (error as Error).message, fix };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const MARKS = { ok: "ok  ", warn: "WARN", fail: "FAIL" } as const;

function describe({ check, state, found, fix }: Diagnosis): string {
  return `${MARKS[state]}  ${check}: ${found}${fix === undefined ? "" : `\n      → ${fix}`}`;
}
