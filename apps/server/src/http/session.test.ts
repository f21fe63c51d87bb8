import { expect, test } from "vitest";
import { SessionSigner } from "./session.ts";

const signer = () => new SessionSigner(new Uint8Array(32).fill(1));
const tenant = { no: 4, projectNo: 2 };
const HOUR_MS = 3_600_000;

test("a link works once, within an hour", () => {
  const links = signer();
  const token = links.issueLink(tenant, 0);
  expect(links.redeemLink("other", 1)).toBeUndefined();
  expect(links.redeemLink(token, 1)).toMatchObject({ tenantNo: 4, projectNo: 2 });
  expect(links.redeemLink(token, 1)).toBeUndefined();
  expect(links.redeemLink(links.issueLink(tenant, 0), HOUR_MS)).toBeUndefined();
});

test("a cookie is believed when it is whole, ours and live", () => {
  const links = signer();
  const session = links.redeemLink(links.issueLink(tenant, 0), 0)!;
  const cookie = links.sign(session);
  expect(links.verify(cookie, 1)).toEqual(session);
  expect(links.verify(cookie, session.expiresAtMs)).toBeUndefined();
  expect(links.verify(cookie.replace("4.", "5."), 1)).toBeUndefined();
  expect(new SessionSigner(new Uint8Array(32).fill(2)).verify(cookie, 1)).toBeUndefined();
  for (const broken of ["", ".", "a.b.c.d", cookie.slice(0, -1), `${cookie}x`])
    expect(links.verify(broken, 1)).toBeUndefined();
});
