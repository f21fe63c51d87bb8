import { createHash } from "node:crypto";
import {
  createCompactRange,
  createHashKernel,
  ENTRY_LENGTH,
  ed25519Verifier,
  entriesPath,
  openCheckpoint,
} from "@cairn/merkle";
import type { CairnProcess } from "./cairn-process.ts";

/** What a tenant's log says of itself. */
interface LogFacts {
  readonly id: string;
  readonly origin: string;
  readonly vkey: string;
  readonly control_vkey: string;
}

/** A checkpoint that was seen over HTTP. */
interface Seen {
  readonly size: number;
  readonly root: string;
}

const LOOK_MS = 40;
const LOGS = ["", "control/"] as const;

/** Keeps every checkpoint that a server ever shows, as somebody outside does, and holds them against the log later. */
export class Witness {
  private readonly seen = new Map<string, Map<number, string>>();
  private facts: LogFacts | undefined;
  readonly problems: string[] = [];

  /** Checkpoints kept. */
  get count(): number {
    let count = 0;
    for (const sizes of this.seen.values()) count += sizes.size;
    return count;
  }

  /** Looks at the logs until the server is gone. */
  async watch(server: CairnProcess): Promise<void> {
    let isOver = false;
    void server.ended.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await this.look(server);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Looks once. */
  async look(server: CairnProcess): Promise<void> {
    try {
      this.facts ??= ((await get(server, "/v1/tenant").then((response) => response.json())) as { log: LogFacts }).log;
      for (const log of LOGS) {
        const response = await get(server, `/log/${this.facts.id}/${log}checkpoint`);
        if (response.ok) this.keep(log, await response.text());
      }
    } catch {
      // The server is going down, or not up yet.
    }
  }

  private keep(log: (typeof LOGS)[number], note: string): void {
    const vkey = log === "" ? this.facts!.vkey : this.facts!.control_vkey;
    const opened = openCheckpoint(note, { log: [ed25519Verifier(vkey)] });
    if (!opened.ok) {
      this.problems.push(`a checkpoint of ${log || "the event log"} is not signed by its key: ${opened.message}`);
      return;
    }
    const size = Number(opened.checkpoint.size);
    const root = Buffer.from(opened.checkpoint.root).toString("hex");
    const sizes = this.seen.get(log) ?? new Map<number, string>();
    this.seen.set(log, sizes);
    const before = sizes.get(size);
    if (before !== undefined && before !== root) this.problems.push(`two roots at size ${size} of ${log}`);
    const newest = Math.max(-1, ...sizes.keys());
    if (size < newest) this.problems.push(`${log} went back from ${newest} to ${size}`);
    sizes.set(size, root);
  }

  /** Recomputes the tree from the log's entries, over HTTP, and compares every checkpoint kept with it. */
  async compare(server: CairnProcess): Promise<void> {
    await this.look(server);
    const kernel = createHashKernel();
    for (const [log, sizes] of this.seen) {
      const kept: Seen[] = [...sizes].map(([size, root]) => ({ size, root })).sort((a, b) => a.size - b.size);
      const end = kept.at(-1)?.size ?? 0;
      const range = createCompactRange(kernel);
      for (const { size, root } of kept) {
        while (range.size < size) {
          const entries = await this.entries(server, { log, from: range.size, to: size, end });
          range.append(kernel.leafHashes(entries, entries.length / ENTRY_LENGTH).slice());
        }
        const computed = size === 0 ? createHash("sha256").digest("hex") : Buffer.from(range.root()).toString("hex");
        if (computed !== root) this.problems.push(`the log's first ${size} entries do not have the root once shown`);
      }
    }
  }

  /** Entries from one sequence on, as far as the bundle goes that holds them. */
  private async entries(
    server: CairnProcess,
    range: { readonly log: string; readonly from: number; readonly to: number; readonly end: number },
  ): Promise<Uint8Array> {
    const index = Math.floor(range.from / 256);
    const width = Math.min(256, range.end - index * 256);
    const response = await get(server, `/log/${this.facts!.id}/${range.log}${entriesPath(index, width)}`);
    if (!response.ok) throw new Error(`bundle ${index} of ${range.log} is not served: ${response.status}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    const first = range.from - index * 256;
    const count = Math.min(width, range.to - index * 256) - first;
    const entries = Buffer.alloc(count * ENTRY_LENGTH);
    for (let i = 0; i < count; i++)
      bytes.copy(entries, i * ENTRY_LENGTH, (first + i) * (ENTRY_LENGTH + 2) + 2, (first + i + 1) * (ENTRY_LENGTH + 2));
    return entries;
  }
}

function get(server: CairnProcess, path: string): Promise<Response> {
  return fetch(server.url + path, { headers: { authorization: `Bearer ${server.key}` } });
}
