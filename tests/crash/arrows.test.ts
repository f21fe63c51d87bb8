import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  CRASH_POINTS,
  EventReader,
  eventOf,
  instancePaths,
  openReaderSide,
  readHead,
  readLogs,
  TreeReader,
} from "@cairn/ledger";
import { bytesToHex, createCompactRange, createHashKernel, decodeEntry, ENTRY_LENGTH } from "@cairn/merkle";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHome, type Home } from "./support/cairn-process.ts";
import { fsckFindings } from "./support/check-record.ts";

const PROCESS = fileURLToPath(new URL("./support/ledger-process.ts", import.meta.url));
/** The how-manieth time at a point; a long campaign cuts at more of them. */
const TIMES = process.env.CAIRN_CAMPAIGN === "long" ? [1, 2, 3, 4, 5, 6, 9, 12] : [2];
const ROUNDS = Math.max(...TIMES) + 1;

interface Acknowledged {
  readonly tenantNo: number;
  readonly ledger: number;
  readonly sequence: number;
  readonly id: string;
  readonly root: string;
}

interface Said {
  readonly acknowledged: Acknowledged[];
  readonly heads: { readonly origin: string; readonly size: number; readonly root: string }[];
}

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

/** Runs the process, cut at a point or not, and adds what it said. */
async function run(
  name: string,
  said: Said,
  crashAt?: string,
): Promise<{ code: number | null; signal: string | null }> {
  const child = spawn(process.execPath, [PROCESS, home.dataDir, name, String(ROUNDS)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...(crashAt === undefined ? {} : { CAIRN_CRASH_AT: crashAt }) },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const end = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  for (const line of output.split("\n").slice(0, -1)) {
    const { acknowledged, head } = JSON.parse(line) as { acknowledged?: Acknowledged; head?: Said["heads"][number] };
    if (acknowledged !== undefined) said.acknowledged.push(acknowledged);
    if (head !== undefined) said.heads.push(head);
  }
  return end;
}

/** Everything said must be so. */
function check(said: Said): void {
  const side = openReaderSide(instancePaths(home.dataDir));
  const reader = new EventReader(side);
  try {
    const ids = new Set<string>();
    for (const { tenantNo, ledger, log, size } of readLogs(side.db)) {
      if (log !== 0) continue;
      const events = reader.range(tenantNo, ledger, { first: 0, count: size });
      expect(events.map((event) => event.sequence)).toEqual(Array.from({ length: size }, (_, i) => i));
      for (const event of events) {
        const { id } = eventOf(event);
        expect(ids.has(id)).toBe(false);
        ids.add(id);
      }
    }
    for (const { tenantNo, ledger, sequence, id, root } of said.acknowledged) {
      const event = reader.event(tenantNo, ledger, sequence)!;
      const entry = decodeEntry(event.entry);
      expect([eventOf(event).id, entry.kind === "event" && bytesToHex(entry.eventRoot)]).toEqual([id, root]);
    }
    const kernel = createHashKernel();
    const tree = new TreeReader({ db: side.db, events: reader, kernel });
    const logs = new Map(readLogs(side.db).map((log) => [log.origin, log]));
    for (const { origin, size, root } of said.heads) {
      const log = logs.get(origin)!;
      expect(readHead(side.db, log)!.size).toBeGreaterThanOrEqual(size);
      const range = createCompactRange(kernel);
      const entries = size === 0 ? new Uint8Array(0) : tree.entries(log, 0, size);
      range.append(kernel.leafHashes(entries, entries.length / ENTRY_LENGTH).slice());
      expect(bytesToHex(range.root())).toBe(root);
    }
  } finally {
    reader.close();
    side.close();
  }
}

test("a process killed at any arrow of the write path leaves a record that goes on", { timeout: 600_000 }, async () => {
  const said: Said = { acknowledged: [], heads: [] };
  expect(await run("first", said)).toEqual({ code: 0, signal: null });
  for (const point of CRASH_POINTS) {
    for (const times of TIMES) {
      const end = await run(`${point}-${times}`, said, `${point}#${times}`);
      expect([point, end.signal]).toEqual([point, "SIGKILL"]);
    }
  }
  expect(await run("last", said)).toEqual({ code: 0, signal: null });
  check(said);
  expect(await fsckFindings(home)).toEqual([]);
  expect(said.acknowledged.length).toBeGreaterThan(CRASH_POINTS.length * 10);
});
