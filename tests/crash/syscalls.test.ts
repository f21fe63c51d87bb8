import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHome, type Home, startCairn } from "./support/cairn-process.ts";
import { Producer } from "./support/producer.ts";
import { attach, durabilityOf, parseTrace, readTrace, STRACE } from "./support/syscall-trace.ts";

const hasStrace = existsSync(STRACE);
if (!hasStrace) console.warn(`SKIPPED: ${STRACE} is missing; install strace to see that answers follow the disk`);

/** Incompressible, so that as much reaches the write-ahead log. */
const NOTE_BYTES = 120_000;
const MIN_COMMIT_BYTES = 100_000;
const REQUESTS = process.env.CAIRN_CAMPAIGN === "long" ? 500 : 15;

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

describe("a trace of system calls", () => {
  test.skipIf(!hasStrace)("shows no answer before the sync of the log that holds its events", async () => {
    const server = await startCairn(home);
    const producer = new Producer();
    await producer.send(server, producer.make(1)); // whatever a first event sets in motion
    const file = join(home.dataDir, "..", "trace");
    const trace = await attach(server.pid, file);
    for (let i = 0; i < REQUESTS; i++) {
      const [event] = producer.make(1);
      const note = randomBytes(NOTE_BYTES).toString("base64");
      expect(await producer.send(server, [{ ...event, details: { note } }])).toBe(200);
    }
    await trace.detach();
    await server.kill();
    expect(durabilityOf(readTrace(file), { wal: "/cairn.db-wal", minBytes: MIN_COMMIT_BYTES })).toEqual({
      answers: REQUESTS,
      early: 0,
    });
  });

  const wal = "31</d/cairn.db-wal>";
  const commit = `7 pwrite64(${wal}, "x"..., 4120, 32) = 4120\n7 pwrite64(${wal}, "x"..., 90000, 4152) = 90000\n`;
  const answer = `5 write(24<TCP:[127.0.0.1:1->127.0.0.1:2]>, "HTTP/1.1 200 OK\\r\\n"..., 300) = 300\n`;
  const look = (text: string) => durabilityOf(parseTrace(text), { wal: "/cairn.db-wal", minBytes: 90_000 });

  test.each([
    ["synced in time", `${commit}7 fdatasync(${wal}) = 0\n${answer}`, 0],
    [
      "synced in time, with a wait",
      `${commit}7 fdatasync(${wal} <unfinished ...>\n7 <... fdatasync resumed>) = 0\n${answer}`,
      0,
    ],
    ["never synced", `${commit}${answer}`, 1],
    ["synced too late", `${commit}7 fdatasync(${wal} <unfinished ...>\n${answer}7 <... fdatasync resumed>) = 0\n`, 1],
    ["synced without success", `${commit}7 fdatasync(${wal}) = -1 EIO (Input/output error)\n${answer}`, 1],
    ["another thread's sync", `${commit}8 fdatasync(${wal}) = 0\n${answer}`, 1],
    ["a smaller commit's sync", `7 pwrite64(${wal}, "x"..., 4120, 32) = 4120\n7 fdatasync(${wal}) = 0\n${answer}`, 1],
    ["another file's sync", `${commit}7 fdatasync(30</d/keys.db-wal>) = 0\n${answer}`, 1],
    ["the sync before", `${commit}7 fdatasync(${wal}) = 0\n${answer}${answer}`, 1],
  ])("is read rightly: %s", (_name, text, early) => {
    expect(look(text).early).toBe(early);
  });
});
