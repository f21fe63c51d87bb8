import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { diskBytes } from "./lib/disk-usage.ts";
import { fillTenant } from "./lib/fill.ts";
import { readOptions } from "./lib/options.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { type BenchServer, CAIRN, runCairn, startServer } from "./lib/server.ts";
import { timeCommand } from "./lib/time-command.ts";

// How many entries per second does `cairn verify` check, offline, in a full evidence bundle?

const options = readOptions({ events: 1_000_000, rounds: 3 });

await answerQuestion("offline verification", async () => {
  const server = await startServer();
  try {
    progress(`loading ${options.events} events`);
    const filled = await fillTenant(server, { key: server.key, events: options.events });
    const out = join(server.directory, "evidence");
    mkdirSync(out);
    progress("exporting");
    const from = performance.now();
    const url = `http://127.0.0.1:${server.port}`;
    await runCairn("export", "--evidence", "--q", "", "--out", out, "--url", url, "--key", server.key);
    const exportSeconds = (performance.now() - from) / 1_000;
    const pins = (await logKeys(server)).flatMap((vkey) => ["--key", vkey]);
    const bundleBytes = diskBytes(out);
    const runs = [];
    for (let i = 0; i < options.rounds; i++) {
      progress(`verifying, ${i + 1} of ${options.rounds}`);
      runs.push(await timeCommand(process.execPath, [CAIRN, "verify", out, "--json", ...pins]));
    }
    rmSync(out, { recursive: true });
    const failed = runs.find(({ exitCode }) => exitCode !== 0);
    if (failed !== undefined) throw new Error(`cairn verify ended with ${failed.exitCode}:\n${failed.output}`);
    const best = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    return {
      entries: filled.events,
      entriesPerSecond: round(filled.events / best.seconds),
      seconds: round(best.seconds),
      cpuSeconds: round(best.cpuSeconds),
      exportEntriesPerSecond: round(filled.events / exportSeconds),
      bundleBytesPerEntry: round(bundleBytes / filled.events),
    };
  } finally {
    await server.stop();
  }
});

/** The public keys of the tenant's two logs: without one, verification could only say that a bundle fits itself. */
async function logKeys(server: BenchServer): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/tenant`, {
    headers: { authorization: `Bearer ${server.key}` },
  });
  const { log } = (await response.json()) as { log: { vkey: string; control_vkey: string } };
  return [log.vkey, log.control_vkey];
}
