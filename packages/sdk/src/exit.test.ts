import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { type FakeCairn, startFakeCairn } from "./testing/index.ts";

const SDK = new URL("./index.ts", import.meta.url).href;

/** Runs a program that logs, in a process of its own; `ready` resolves at its first line of output. */
function run(fake: FakeCairn, program: string) {
  const source = `
    import { createCairn } from ${JSON.stringify(SDK)};
    const make = (options) => createCairn({ url: ${JSON.stringify(fake.url)}, key: ${JSON.stringify(fake.key)}, ...options });
    ${program}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return {
    child,
    ready: once(child.stdout, "data"),
    exited: once(child, "close").then(([code, signal]) => ({
      code: code as unknown,
      signal: signal as unknown,
      output,
    })),
  };
}

describe("at the end of the process", () => {
  test("a program that logs and ends has sent, without any hook", async () => {
    await using fake = await startFakeCairn();
    const { exited } = run(fake, `make().log({ action: "a.b" });`);
    expect(await exited).toMatchObject({ code: 0, output: "" });
    expect(fake.events.length).toBe(1);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s flushes, then ends the process as it would have", async (signal) => {
    await using fake = await startFakeCairn();
    const { child, ready, exited } = run(
      fake,
      `make({ flushAtExit: true, lingerMs: 60_000 }).log({ action: "a.b" });
       setInterval(() => {}, 60_000);
       console.log("ready");`,
    );
    await ready;
    child.kill(signal);
    expect(await exited).toMatchObject({ signal });
    expect(fake.events.length).toBe(1);
  });

  test("a program with a handler of its own decides when to end", async () => {
    await using fake = await startFakeCairn();
    const { child, ready, exited } = run(
      fake,
      `const timer = setInterval(() => {}, 60_000);
       process.on("SIGTERM", () => setTimeout(() => { console.log("own"); process.exit(7); }, 300));
       make({ flushAtExit: true, lingerMs: 60_000 }).log({ action: "a.b" });
       console.log("ready");`,
    );
    await ready;
    child.kill("SIGTERM");
    expect(await exited).toMatchObject({ code: 7, output: expect.stringContaining("own") as string });
    expect(fake.events.length).toBe(1);
  });

  test("what process.exit cuts off is refused, not lost without a word", async () => {
    await using fake = await startFakeCairn();
    const { exited } = run(
      fake,
      `const cairn = make({ flushAtExit: true, onRefused: ({ id, error }) => console.log(id, error.code) });
       cairn.log({ id: "the-last", action: "a.b" });
       process.exit(0);`,
    );
    expect((await exited).output).toBe("the-last closed\n");
    expect(fake.events.length).toBe(0);
  });

  test("an unreachable server does not hold a signal up for longer than allowed", async () => {
    await using fake = await startFakeCairn();
    const { child, ready, exited } = run(
      fake,
      `const cairn = createCairn({
         url: "http://127.0.0.1:1", key: "k", flushAtExit: true, exitTimeoutMs: 100,
         onRefused: ({ error }) => console.log(error.code),
       });
       cairn.log({ action: "a.b" });
       console.log("ready");`,
    );
    await ready;
    const startedMs = performance.now();
    child.kill("SIGTERM");
    expect((await exited).signal).toBe("SIGTERM");
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
