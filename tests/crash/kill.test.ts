import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHome, type Home, startCairn } from "./support/cairn-process.ts";
import { checkRecord, fsckFindings, sendAgain } from "./support/check-record.ts";
import { Producer } from "./support/producer.ts";
import { Witness } from "./support/witness.ts";

/** Rounds of a short run, and of a long campaign (`CAIRN_CAMPAIGN=long`). */
const IS_LONG = process.env.CAIRN_CAMPAIGN === "long";
const RANDOM_KILLS = IS_LONG ? 100 : 2;
/** Arrows of the write path that events over HTTP walk along. */
const ARROWS = IS_LONG
  ? Array.from({ length: 10 }, (_, i) =>
      ["keys-committed", "journal-inside", "journal-committed", "heads-committed", "guard-advanced"].map(
        (point) => `${point}#${3 + i * 4}`,
      ),
    ).flat()
  : ["keys-committed#5", "journal-inside#9", "journal-committed#7", "heads-committed#3", "guard-advanced#3"];

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

describe("kill -9 of a server under load", () => {
  test("loses nothing acknowledged, has nothing twice, and never shows two histories", {
    timeout: IS_LONG ? 3_600_000 : 240_000,
  }, async () => {
    const producer = new Producer();
    const witness = new Witness();
    const ends = [...ARROWS, ...Array.from({ length: RANDOM_KILLS }, () => "at random")];
    for (const end of ends) {
      const server = await startCairn(home, end === "at random" ? {} : { env: { CAIRN_CRASH_AT: end } });
      expect([end, await checkRecord(server, producer)]).toEqual([end, []]);
      const load = producer.load(server, { connections: 6 });
      const watch = witness.watch(server);
      if (end === "at random") {
        await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1_500));
        await server.kill();
      }
      expect(await server.ended).toMatchObject({ signal: "SIGKILL" });
      await Promise.all([load, watch]);
    }
    const server = await startCairn(home);
    try {
      expect(await checkRecord(server, producer)).toEqual([]);
      expect(await sendAgain(server, producer)).toEqual([]);
      expect(await checkRecord(server, producer)).toEqual([]);
      await producer.send(server, producer.make(1), "?wait=sealed");
      await witness.compare(server);
      expect(witness.problems).toEqual([]);
      expect(witness.count).toBeGreaterThan(ends.length);
      expect(producer.unanswered.size).toBe(0);
      expect(producer.acknowledged.size).toBeGreaterThan(ends.length);
      expect(await fsckFindings(home)).toEqual([]);
    } finally {
      await server.kill();
    }
    expect(await fsckFindings(home)).toEqual([]);
  });
});
