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
    [request(1), request(19_999), request(5), request(7)].map((each) => group.add(each)),
  );
  expect(results.map(({ committed }) => committed)).toEqual([1, 19_999, 5, 7]);
  expect(groups).toEqual([
    [1, 19_999],
    [5, 7],
  ]);
  expect(group.events).toBe(20_012);
});

test("fails the whole group when its transaction fails, and goes on", async () => {
  let fails = true;
  const group = new GroupCommit((requests) => {
    if (fails) throw new Error("disk");
    return requests.map(() => result(1));
  });
  const [a, b] = await Promise.allSettled([group.add(request(1)), group.add(request(1))]);
  expect([a.status, b.status]).toEqual(["rejected", "rejected"]);
  fails = false;
  expect((await group.add(request(1))).committed).toBe(1);
});
