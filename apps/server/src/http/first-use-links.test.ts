import { expect, test } from "vitest";
import { FirstUseLinks } from "./first-use-links.ts";

const tenant = { no: 4 };
const HOUR_MS = 3_600_000;

test("a link works once, within an hour", () => {
  const links = new FirstUseLinks(new Uint8Array(32).fill(1));
  const token = links.issue(tenant, 0);
  expect(links.redeem("other", 1)).toBeUndefined();
  expect(links.redeem(token, 1)).toEqual({ tenantNo: 4 });
  expect(links.redeem(token, 1)).toBeUndefined();
  expect(links.redeem(links.issue(tenant, 0), HOUR_MS)).toBeUndefined();
});
