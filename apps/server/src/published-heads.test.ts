import { expect, test } from "vitest";
import { PublishedHeads } from "./published-heads.ts";

const head = (size: number, tenantNo = 1) => ({ tenantNo, log: 0 as const, ledger: 1, size, note: `note ${size}` });

test("waits for the checkpoint that covers an event", async () => {
  const heads = new PublishedHeads();
  heads.publish([head(3)]);
  expect((await heads.covering({ tenantNo: 1, ledger: 1, sequence: 2 }, 10)).size).toBe(3);
  const later = heads.covering({ tenantNo: 1, ledger: 1, sequence: 3 }, 5_000);
  heads.publish([head(9, 2)]); // another tenant's does not count
  heads.publish([head(4)]);
  expect((await later).size).toBe(4);
});

test("gives up after its time", async () => {
  const heads = new PublishedHeads();
  await expect(heads.covering({ tenantNo: 1, ledger: 1, sequence: 0 }, 5)).rejects.toMatchObject({
    code: "wait_timeout",
  });
});
