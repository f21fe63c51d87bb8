import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../../apps/server/bin/cairn.mjs", import.meta.url));
/** Longer than a start and a stop take on a busy machine. */
const END_MS = 45_000;
const directory = mkdtempSync(join(tmpdir(), "cairn-stop-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each([200, 500, 900, 1_400, 2_200])("a stop asked for %i ms after the start is obeyed", async (afterMs) => {
  const args = [LAUNCHER, "serve", "--data-dir", join(directory, "data"), "--port", "0", "--log-level", "error"];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const ended = once(child, "exit", { signal: AbortSignal.timeout(END_MS) });
  await sleep(afterMs);
  child.kill("SIGTERM");
  const [code, signal] = (await ended.finally(() => child.kill("SIGKILL"))) as [number | null, string | null];
  // Before the program has begun, the system ends it.
  expect([0, "SIGTERM"]).toContain(code ?? signal);
});
