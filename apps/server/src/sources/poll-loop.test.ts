import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { OutboundError } from "./outbound.ts";
import { PollLoop } from "./poll-loop.ts";

/** A loop over ids, with what each look does. */
function loopOver(
  ids: Set<string>,
  poll: (id: string, signal: AbortSignal) => Promise<number | undefined>,
  pauseMs = 0,
) {
  const failures: number[] = [];
  const loop = new PollLoop({
    ids: () => [...ids],
    poll: async (id, signal) => {
      const nextInMs = await poll(id, signal);
      return nextInMs === undefined ? undefined : { nextInMs, pauseMs };
    },
    onFailure: (_id, _error, count) => failures.push(count),
    random: () => 0.5,
  });
  return { loop, failures };
}

test("looks again when it was told to, one look at a time", async () => {
  let [looks, underWay, most] = [0, 0, 0];
  const { loop } = loopOver(new Set(["a"]), async () => {
    most = Math.max(most, ++underWay);
    await delay(5);
    underWay--;
    return ++looks < 4 ? 0 : 3_600_000;
  });
  loop.start();
  await delay(200);
  expect([looks, most]).toEqual([4, 1]);
  loop.refresh("a");
  await delay(50);
  expect(looks).toBe(5);
  await loop.stop();
});

test("who asks during a look gets another one behind it", async () => {
  let looks = 0;
  const { loop } = loopOver(new Set(["a"]), async () => {
    looks++;
    await delay(20);
    return 3_600_000;
  });
  loop.start();
  await delay(5);
  loop.refresh("a");
  await delay(100);
  expect(looks).toBe(2);
  await loop.stop();
});

test("a pause that the other side asked for is kept, whoever asks", async () => {
  const looks: number[] = [];
  const poll = async () => {
    looks.push(performance.now());
    return looks.length === 1 ? 0 : 3_600_000;
  };
  const { loop } = loopOver(new Set(["a"]), poll, 150);
  loop.start();
  await delay(20);
  loop.refresh("a");
  await delay(250);
  loop.refresh("a");
  await delay(250);
  // The second look, and one behind its pause for whoever asked during it.
  expect(looks).toHaveLength(3);
  for (const [i, at] of looks.slice(1).entries()) expect(at - looks[i]!).toBeGreaterThanOrEqual(145);
  await loop.stop();
});

test("begins with what is new and ends what is gone", async () => {
  const ids = new Set(["a"]);
  const looked: string[] = [];
  const { loop } = loopOver(ids, async (id) => {
    looked.push(id);
    return 10;
  });
  loop.start();
  await delay(50);
  ids.add("b");
  ids.delete("a");
  loop.refresh();
  await delay(20);
  const after = looked.length;
  await delay(50);
  expect(looked).toContain("a");
  expect(new Set(looked.slice(after))).toEqual(new Set(["b"]));
  await loop.stop();
});

test("what failed is not tried again at once, unless somebody asks; what wants to be left alone, not even then", async () => {
  let looks = 0;
  const { loop, failures } = loopOver(new Set(["a"]), async () => {
    looks++;
    throw looks === 1 ? new OutboundError("down") : new OutboundError("busy", { retryAfterMs: 60_000 });
  });
  loop.start();
  await delay(50);
  expect(looks).toBe(1);
  loop.refresh("a");
  await delay(50);
  expect(looks).toBe(2);
  loop.refresh("a");
  await delay(50);
  expect([looks, failures]).toEqual([2, [1, 2]]);
  await loop.stop();
});

test("stopping ends waits and looks, and is not a failure", async () => {
  const { loop, failures } = loopOver(new Set(["waits", "looks"]), async (id, signal) => {
    if (id === "looks") await delay(60_000, undefined, { signal });
    return 60_000;
  });
  loop.start();
  await delay(20);
  const before = Date.now();
  await loop.stop();
  expect(Date.now() - before).toBeLessThan(1_000);
  expect(failures).toEqual([]);
});

test("eight looks at most are under way, and everybody gets their turn", async () => {
  let [underWay, most] = [0, 0];
  const looked = new Set<string>();
  const ids = new Set(Array.from({ length: 30 }, (_, i) => `s${i}`));
  const { loop } = loopOver(ids, async (id) => {
    most = Math.max(most, ++underWay);
    await delay(5);
    underWay--;
    looked.add(id);
    return 60_000;
  });
  loop.start();
  await delay(300);
  expect([most, looked.size]).toEqual([8, 30]);
  await loop.stop();
});

test("an end in place of an answer ends it, until it is wanted again", async () => {
  let looks = 0;
  const { loop } = loopOver(new Set(["a"]), async () => {
    looks++;
    return undefined;
  });
  loop.start();
  await delay(50);
  expect(looks).toBe(1);
  loop.refresh();
  await delay(50);
  expect(looks).toBe(2);
  await loop.stop();
});
