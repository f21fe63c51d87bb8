import { expect, test } from "vitest";
import { JobQueue, type QueuedJob } from "./job-queue.ts";

/** A queue whose jobs end when the test says so. */
function makeQueue() {
  const started: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const queue = new JobQueue(({ id }: QueuedJob) => {
    started.push(id);
    const end = Promise.withResolvers<void>();
    ends.set(id, end);
    return end.promise;
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    queue,
    started,
    end: (id: string) => ends.get(id)?.resolve(),
    fail: (id: string) => ends.get(id)?.reject(),
    settled,
  };
}

test("runs two at a time, one of a tenant, in order of arrival", async () => {
  const { queue, started, end, settled } = makeQueue();
  queue.add({ id: "a1", tenantNo: 1 });
  queue.add({ id: "a2", tenantNo: 1 });
  queue.add({ id: "b1", tenantNo: 2 });
  queue.add({ id: "c1", tenantNo: 3 });
  expect(started).toEqual([]);
  queue.open();
  expect(started).toEqual(["a1", "b1"]);
  end("b1");
  await settled();
  expect(started).toEqual(["a1", "b1", "c1"]);
  end("a1");
  await settled();
  expect(started).toEqual(["a1", "b1", "c1", "a2"]);
});

test("a job that fails makes room like any other", async () => {
  const { queue, started, fail, settled } = makeQueue();
  queue.open();
  for (const id of ["a", "b"]) queue.add({ id, tenantNo: 1 });
  fail("a");
  await settled();
  expect(started).toEqual(["a", "b"]);
});

test("a job stands in line once, and not while it runs", () => {
  const { queue, started } = makeQueue();
  queue.add({ id: "a", tenantNo: 1 });
  queue.add({ id: "a", tenantNo: 1 });
  queue.open();
  queue.add({ id: "a", tenantNo: 1 });
  expect(started).toEqual(["a"]);
  expect(queue.runningIds()).toEqual(["a"]);
});

test("a job taken out is not run; one that runs is waited for", async () => {
  const { queue, started, end, settled } = makeQueue();
  queue.open();
  queue.add({ id: "a", tenantNo: 1 });
  queue.add({ id: "b", tenantNo: 1 });
  await queue.remove("b");
  let isRemoved = false;
  const removed = queue.remove("a").then(() => {
    isRemoved = true;
  });
  await settled();
  expect(isRemoved).toBe(false);
  end("a");
  await removed;
  expect(started).toEqual(["a"]);
});

test("a closed queue starts nothing", async () => {
  const { queue, started, end, settled } = makeQueue();
  queue.open();
  queue.add({ id: "a", tenantNo: 1 });
  queue.add({ id: "b", tenantNo: 1 });
  queue.close();
  end("a");
  await settled();
  expect(started).toEqual(["a"]);
});
