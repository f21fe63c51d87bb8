import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CairnProcess } from "../../crash/support/cairn-process.ts";

/** What a producer sends has this in every event. */
export const PRODUCED = "action:build.started OR action:patient.record.viewed";

const POLL_MS = 100;
const TIMEOUT_MS = 90_000;

/** Processes of the search engine below a server, by looking at everybody's parent. */
export function enginesOf(server: CairnProcess): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === server.pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Reads a gauge of a server. */
export async function gauge(server: CairnProcess, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}

/** Waits until something is so. @throws Error after a minute and a half */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + TIMEOUT_MS; !(await isSo().catch(() => false)); await sleep(POLL_MS))
    if (Date.now() > end) throw new Error(`in vain for ${what}`);
}

/** Waits until search is up and has everything that was committed. */
export async function untilCaughtUp(server: CairnProcess): Promise<void> {
  await until("search", async () => (await fetch(`${server.url}/readyz`)).ok);
  await until("the last event", async () => (await gauge(server, "cairn_index_lag_events")) === 0);
}

/** How many events search finds. @throws Error when it does not answer */
export async function countFound(server: CairnProcess, q: string): Promise<number> {
  const response = await fetch(`${server.url}/v1/histogram`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
    body: JSON.stringify({ q, interval: "month", from: "2020-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z" }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`search answered ${response.status}: ${text}`);
  const { buckets } = JSON.parse(text) as { readonly buckets: readonly { readonly count: number }[] };
  return buckets.reduce((sum, { count }) => sum + count, 0);
}
