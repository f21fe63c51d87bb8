import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatVkey } from "@cairn/merkle";
import { type Cairn, CairnApiError, CairnClientError, isRetryable, type TenantInfo } from "@cairn/sdk";
import { defineCommand } from "../command/command.ts";
import { CONNECTION_OPTIONS, connect, JSON_OPTION } from "../command/connection.ts";
import { EXIT } from "../command/exit-code.ts";
import type { CliIo } from "../command/io.ts";
import { printable } from "../command/printable.ts";
import { UsageError } from "../command/usage-error.ts";
import { openCheckpointStore } from "./checkpoint-store.ts";
import { pinKeys } from "./pinned-keys.ts";
import { type LogSighting, lookAtLog, type WatchedLog } from "./watch-log.ts";

const DEFAULT_INTERVAL_SECONDS = 60;

/** `cairn watch`: keeps checkpoints where the log's operator cannot reach them, and notices when history changes. */
export const watchCommand = defineCommand({
  name: "watch",
  summary: "keep checkpoints on this machine and notice when history changes",
  usage: "cairn watch --out DIR [--vkey V]… [--interval SECONDS] [--once] [options]",
  options: {
    ...CONNECTION_OPTIONS,
    out: { kind: "text", placeholder: "DIR", description: "where checkpoints are kept" },
    vkey: { kind: "list", placeholder: "VKEY", description: "keys to believe; those of the first look when absent" },
    interval: { kind: "integer", min: 1, placeholder: "SECONDS", description: "time between looks; 60 unless given" },
    once: { kind: "flag", description: "look once" },
    ...JSON_OPTION,
  },
  notes: `
Every look fetches the signed checkpoints of the event log and the control log, verifies them by the pinned keys, and
proves by the log's tiles that they grew out of what was kept. Kept checkpoints serve \`cairn verify --known-checkpoint\`,
DIR/policy.txt serves --policy.

Exit codes: 0 all is well (with --once, or when interrupted); 3 the server cannot be reached (with --once); 4 the log was
rewritten or rolled back, or is not signed by a pinned key: the two files named are the proof.`,
  async act({ values, positionals, io }) {
    const { out } = values;
    if (positionals.length > 0) throw new UsageError("watch takes no arguments");
    if (out === undefined) throw new UsageError("--out is missing: where are checkpoints kept?");
    await mkdir(out, { recursive: true });
    const cairn = connect(values);
    let tenant: TenantInfo | undefined;
    const pinned = await pinKeys(out, values.vkey, async () => {
      tenant = await cairn.tenant();
      return tenant;
    });
    if (pinned.isFirstUse) {
      const keys = pinned.vkeys.map((vkey) => `  ${printable(formatVkey(vkey))}\n`).join("");
      await io.stderr.write(`keys believed from now on, as the server gave them:\n${keys}`);
    }
    const intervalMs = (values.interval ?? DEFAULT_INTERVAL_SECONDS) * 1_000;
    const watch = { cairn, out, vkeys: pinned.vkeys, io, isJson: values.json };
    const seen = new Set<string>();
    for (;;) {
      const code = await look(watch, seen, values.once ? "tell" : "go on");
      if (code !== EXIT.done || values.once || io.signal.aborted) return code;
      await sleep(intervalMs, undefined, { signal: io.signal }).catch(() => {});
      if (io.signal.aborted) return EXIT.done;
    }
  },
});

interface Watch {
  readonly cairn: Cairn;
  readonly out: string;
  readonly vkeys: WatchedLog["vkeys"];
  readonly io: CliIo;
  readonly isJson: boolean;
}

/** Looks at both logs once; the exit code of what was found. A server that is away is waited for, unless asked to tell. */
async function look(watch: Watch, seen: Set<string>, whenAway: "tell" | "go on"): Promise<number> {
  try {
    const { log } = await watch.cairn.tenant();
    const isPinned = (origin: string) => watch.vkeys.some(({ name }) => name === origin);
    if (!isPinned(log.origin)) return await unknownLog(watch, log.origin);
    for (const kind of ["event", "control"] as const) {
      const origin = kind === "event" ? log.origin : `${log.origin}/control`;
      if (!isPinned(origin)) {
        if (seen.size === 1)
          await watch.io.stderr.write("the control log is not watched: give its key with --vkey, too\n");
        continue;
      }
      const store = await openCheckpointStore(join(watch.out, directoryName(origin)));
      const watched: WatchedLog = { ...watch, log: { id: log.id, kind }, origin, store };
      // All that was kept, the first time; then the newest, which has been proven to have grown out of the others.
      const against = seen.has(origin) ? store.kept.slice(-1) : store.kept;
      const sighting = await lookAtLog(watched, against);
      await tell(watch, { origin, sighting });
      if (sighting.kind === "tampered") return EXIT.tampered;
      seen.add(origin);
    }
    return EXIT.done;
  } catch (error) {
    const isCall = error instanceof CairnApiError || error instanceof CairnClientError;
    if (whenAway === "tell" || !isCall || !isRetryable(error)) throw error;
    await watch.io.stderr.write(`cairn: ${printable(error.message)}; trying again later\n`);
    return EXIT.done;
  }
}

/** A log that no pinned key is of: another tenant, or the log begun anew after a restore. */
async function unknownLog({ io, isJson }: Watch, origin: string): Promise<number> {
  const message =
    "the server has another log than the one that is watched: begun anew after a restore, or not the same at all. " +
    "Find out why, then watch it with --vkey";
  const line = isJson
    ? JSON.stringify({ origin, kind: "tampered", code: "other_log", message })
    : `${origin}: ${message}`;
  await io.stdout.write(`${isJson ? line : printable(line)}\n`);
  return EXIT.tampered;
}

async function tell(
  { io, isJson }: Watch,
  { origin, sighting }: { readonly origin: string; readonly sighting: LogSighting },
): Promise<void> {
  if (isJson) {
    const size = "size" in sighting ? { size: Number(sighting.size) } : {};
    await io.stdout.write(`${JSON.stringify({ origin, at: new Date().toISOString(), ...sighting, ...size })}\n`);
  } else if (sighting.kind !== "unchanged") await io.stdout.write(`${printable(`${origin}: ${describe(sighting)}`)}\n`);
}

function describe(sighting: LogSighting): string {
  switch (sighting.kind) {
    case "empty":
      return "no checkpoint yet";
    case "grown":
      return `${sighting.size} entries, consistent with ${sighting.compared} kept checkpoints`;
    case "unchanged":
      return `${sighting.size} entries, unchanged`;
    case "tampered":
      return `TAMPERED (${sighting.code}): ${sighting.message}; what was served is in ${sighting.file}`;
  }
}

/** Origins are URLs without a scheme: their slashes become dashes. */
function directoryName(origin: string): string {
  return origin.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "");
}
