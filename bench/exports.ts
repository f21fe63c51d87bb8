import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { diskBytes } from "./lib/disk-usage.ts";
import { fillTenant } from "./lib/fill.ts";
import { readOptions } from "./lib/options.ts";
import { watchMemory } from "./lib/processes.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { runCairn, startServer } from "./lib/server.ts";

// How many events per second does an export write, in each format, and does the memory of the server grow with them?
// Each format is exported twice: a tenth of the events, then all of them. `--directory` keeps the loaded data.

const options = readOptions({ events: 1_000_000, directory: "", formats: "csv,ndjson,parquet" });
const SCOPES = "events:write,events:read,exports";
/** Events that the first tenant has; the second has all. */
const SMALL_SHARE = 10;

await answerQuestion("exports", async () => {
  const server = await startServer(options.directory === "" ? {} : { directory: options.directory });
  try {
    const small = await filled("export-small", Math.ceil(options.events / SMALL_SHARE));
    const large = await filled("export-large", options.events);
    const byFormat: Record<string, object> = {};
    for (const format of options.formats.split(",")) {
      const few = await exported(format, small);
      const all = await exported(format, large);
      progress(`${format}: ${all.eventsPerSecond} events/s, ${few.peakMemoryMiB} MiB, then ${all.peakMemoryMiB} MiB`);
      byFormat[format] = { few, all };
    }
    return { events: options.events, byFormat };
  } finally {
    await server.stop();
  }

  async function filled(tenant: string, events: number) {
    const key = (
      await runCairn("keys", "create", "--data-dir", server.dataDir, "--tenant", tenant, "--scopes", SCOPES)
    ).trim();
    const count = await countEvents(key);
    if (count < events) {
      progress(`loading ${events - count} events into ${tenant}`);
      await fillTenant(server, { key, events: events - count });
    }
    return { key, events: Math.max(count, events) };
  }

  async function countEvents(key: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/tenant`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return ((await response.json()) as { log: { size: number } }).log.size;
  }

  async function exported(format: string, tenant: { readonly key: string; readonly events: number }) {
    const out = join(server.directory, `out-${format}`);
    mkdirSync(out, { recursive: true });
    const memory = watchMemory(server.pid);
    const from = performance.now();
    const url = `http://127.0.0.1:${server.port}`;
    await runCairn("export", "--format", format, "--out", out, "--url", url, "--key", tenant.key);
    const seconds = (performance.now() - from) / 1_000;
    const { sum } = memory.stop();
    const bytes = diskBytes(out);
    rmSync(out, { recursive: true });
    return {
      events: tenant.events,
      seconds: round(seconds),
      eventsPerSecond: round(tenant.events / seconds),
      bytesPerEvent: round(bytes / tenant.events),
      peakMemoryMiB: sum,
    };
  }
});
