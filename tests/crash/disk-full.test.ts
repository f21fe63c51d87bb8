import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHome, type Home, startCairn } from "./support/cairn-process.ts";
import { checkRecord, fsckFindings, readLog, sendAgain } from "./support/check-record.ts";
import { Producer } from "./support/producer.ts";
import { createSmallDisk, type SmallDisk } from "./support/small-disk.ts";

/** Less than the server keeps free for reading, erasing and control entries. */
const LOW_BYTES = 1024 ** 3;

const disk: SmallDisk | undefined = createSmallDisk();
if (disk === undefined)
  console.warn("SKIPPED: no small disk can be made here (that takes root, mkfs.ext4 and loop devices)");

let home: Home;
beforeAll(() => {
  if (disk !== undefined) home = createHome(disk.path);
});
afterAll(() => disk?.remove());

describe.skipIf(disk === undefined)("a full disk", () => {
  test("stops events with 507, and neither reading nor what comes after it is freed", async () => {
    const producer = new Producer();
    const server = await startCairn(home);
    const until = async (status: number) => {
      for (let i = 0; i < 100; i++) {
        // So large that they do not fit into what the write-ahead log has already.
        const note = randomBytes(150_000).toString("base64");
        const events = producer.make(2).map((event) => ({ ...event, details: { note } }));
        if ((await producer.send(server, events)) === status) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`events were never answered with ${status}\n${server.output()}`);
    };
    try {
      expect(await producer.send(server, producer.make(5), "?wait=sealed")).toBe(200);
      // First little is left, then nothing at all, before the server has looked at its disk again.
      for (const leave of [LOW_BYTES, 0]) {
        disk!.fill(leave);
        await until(507);
        const fresh = producer.make(1).map((event) => ({ ...event, action: `never.seen.at.${leave}` }));
        expect(await producer.send(server, fresh)).toBe(507);
        expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
        expect((await readLog(server)).length).toBeGreaterThanOrEqual(producer.acknowledged.size);
        expect(await checkRecord(server, producer)).toEqual([]);
        disk!.free();
        await until(200);
        expect(await producer.send(server, producer.make(3), "?wait=sealed")).toBe(200);
      }
      expect(await sendAgain(server, producer)).toEqual([]);
      expect(await checkRecord(server, producer)).toEqual([]);
      expect(producer.unanswered.size).toBe(0);
    } finally {
      disk!.free();
      await server.kill();
    }
    expect(await fsckFindings(home)).toEqual([]);
  });
});
