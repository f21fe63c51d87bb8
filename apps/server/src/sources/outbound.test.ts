import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createOutbound } from "./https-outbound.ts";
import { demandGood, nextLink, type OutboundAnswer, OutboundError, pauseOf } from "./outbound.ts";
import { isPrivateAddress } from "./private-networks.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<URL> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`);
}

const signal = new AbortController().signal;
const get = (url: URL, reach: "any" | "internet" = "any", stop = signal) =>
  createOutbound(reach)({ method: "GET", url, headers: { authorization: "SSWS t" }, signal: stop });
const failed = (answer: Partial<OutboundAnswer>): OutboundError => {
  try {
    demandGood({ status: 500, headers: {}, text: "", ...answer }, "it");
  } catch (error) {
    if (error instanceof OutboundError) return error;
  }
  throw new Error("it was good");
};

describe("createOutbound", () => {
  test("gives an answer of any status, and follows no redirect", async () => {
    const paths: unknown[] = [];
    const url = await serve(({ url: path, headers }, response) => {
      paths.push([path, headers.authorization]);
      response.writeHead(302, { location: "/elsewhere" }).end("moved");
    });
    expect(await get(url)).toMatchObject({ status: 302, text: "moved" });
    expect(paths).toEqual([["/logs", "SSWS t"]]);
  });

  test("reads at most 10 MiB", async () => {
    const url = await serve((_request, response) => void response.end(Buffer.alloc(11 << 20, "x")));
    await expect(get(url)).rejects.toThrow(/more than 10485760 bytes/);
  });

  test("says what kept it from getting there, and ends when it is stopped", async () => {
    await expect(get(new URL("http://127.0.0.1:1/"))).rejects.toThrow("127.0.0.1:1 cannot be reached: ECONNREFUSED");
    const url = await serve(() => undefined);
    const stop = new AbortController();
    const asked = get(url, "any", stop.signal);
    setTimeout(() => stop.abort(), 20);
    await expect(asked).rejects.toThrow(OutboundError);
  });

  test.each([
    "http://example.com/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://2130706433/",
    "https://localhost/",
  ])("goes no further than the Internet: %s", async (url) => {
    await expect(get(new URL(url), "internet")).rejects.toThrow(/https:|not an address of the Internet/);
  });
});

test("isPrivateAddress", () => {
  const inside = ["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"];
  const more = ["::", "::1", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "nonsense"];
  expect([...inside, ...more].filter((address) => !isPrivateAddress(address))).toEqual([]);
  const outside = ["8.8.8.8", "172.32.0.1", "::ffff:8.8.8.8", "2606:4700::1111"];
  expect(outside.filter(isPrivateAddress)).toEqual([]);
});

describe("demandGood", () => {
  test("says what to look at", () => {
    expect(failed({ status: 403 }).message).toBe("it answered 403: look at the credentials and what they may do");
    expect(failed({ status: 502 }).message).toContain("a fault of the other side");
    expect(() => demandGood({ status: 204, headers: {}, text: "" }, "it")).not.toThrow();
  });

  test("keeps what the other side asks for: seconds, a date, a reset", () => {
    expect(failed({ status: 429, headers: { "retry-after": "7" } }).retryAfterMs).toBe(7_000);
    expect(failed({ status: 503, headers: { "retry-after": "0" } }).retryAfterMs).toBe(0);
    const date = new Date(Date.now() + 60_000).toUTCString();
    expect(failed({ status: 503, headers: { "retry-after": date } }).retryAfterMs).toBeGreaterThan(58_000);
    const reset = String(Math.ceil(Date.now() / 1_000) + 30);
    expect(failed({ status: 429, headers: { "x-ratelimit-reset": reset } }).retryAfterMs).toBeGreaterThan(28_000);
    expect(failed({ status: 429, headers: { "x-rate-limit-reset": reset } }).retryAfterMs).toBeGreaterThan(28_000);
    expect(failed({ status: 500, headers: { "x-ratelimit-reset": reset } }).retryAfterMs).toBeUndefined();
    expect(failed({ status: 429, headers: { "retry-after": "soon" } }).retryAfterMs).toBeUndefined();
  });
});

test("pauseOf waits for the reset only when the allowance is used up", () => {
  const reset = { "x-ratelimit-reset": "130" };
  expect(pauseOf({ ...reset, "x-ratelimit-remaining": "1" }, 100_000)).toBe(0);
  expect(pauseOf({ ...reset, "x-ratelimit-remaining": "0" }, 100_000)).toBe(30_000);
  expect(pauseOf({ "x-ratelimit-remaining": "0" }, 100_000)).toBe(0);
});

test("nextLink finds the next page among others", () => {
  expect(nextLink({ link: '<https://a/x?q=1>; rel="self", <https://a/x?q=2>; rel="next"' })).toBe("https://a/x?q=2");
  expect(nextLink({ link: "<https://a/x>; rel=next" })).toBe("https://a/x");
  expect(nextLink({ link: '<https://a/x>; rel="prev"' })).toBeUndefined();
  expect(nextLink({})).toBeUndefined();
});
