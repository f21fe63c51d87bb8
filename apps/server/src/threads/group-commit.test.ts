import type { CommitRequest, CommitResult } from "@cairn/ledger";
import { expect, test } from "vitest";
import { GroupCommit } from "./group-commit.ts";

function request(count: number): CommitRequest {
  const batch = {
    tenantNo: 1,
    count,
    units: count,
    eventRoots: new Uint8Array(),
    fingerprints: new Uint8Array(),
    body: new Uint8Array(),
  };
  return { batch, mode: "each" };
}

const result = (committed: number): CommitResult => ({
  tenantNo: 1,
  ledger: 1,
  sequences: new Float64Array(),
  committed,
  receivedAtMs: 0,
  suspects: [],
});

test("commits what waits together, in order, and bounds a group", async () => {
  const groups: number[][] = [];
  const group = new GroupCommit((requests) => {
    groups.push(requests.map(({ batch }) => batch.count));
    return requests.map(({ batch }) => result(batch.count));
  });
  const results = await Promise.all(
    [[request(1)], [request(19_998), request(1)], [request(5)], [request(7)]].map((requests) =>
      group.add({ requests }),
    ),
  );
  expect(results.map((own) => own.map(({ committed }) => committed))).toEqual([[1], [19_998, 1], [5], [7]]);
  expect(groups).toEqual([
    [1, 19_998, 1],
    [5, 7],
  ]);
  expect(group.events).toBe(20_012);
});

test("hands actions that are new to the transaction of their events, and bounds the batches of one", async () => {
  const seen: string[][] = [];
  const sizes: number[] = [];
  const group = new GroupCommit((requests, actions) => {
    sizes.push(requests.length);
    seen.push(actions.flatMap((each) => each.actions));
    return requests.map(() => result(1));
  });
  const many = Array.from({ length: 1_000 }, () => request(1));
  await Promise.all([
    group.add({ requests: many, seen: [{ tenantNo: 1, actions: ["a", "b"] }] }),
    group.add({ requests: many }),
    group.add({ requests: [request(1)], seen: [{ tenantNo: 2, actions: ["a"] }] }),
  ]);
  expect(sizes).toEqual([2_000, 1]);
  expect(seen).toEqual([["a", "b"], ["a"]]);
});

test("fails the whole group when its transaction fails, and goes on", async () => {
  let fails = true;
  const group = new GroupCommit((requests) => {
    if (fails) throw new Error("disk");
    return requests.map(() => result(1));
  });
  const [a, b] = await Promise.allSettled([
    group.add({ requests: [request(1)] }),
    group.add({ requests: [request(1)] }),
  ]);
  expect([a.status, b.status]).toEqual(["rejected", "rejected"]);
  fails = false;
  expect((await group.add({ requests: [request(1)] }))[0]?.committed).toBe(1);
});
