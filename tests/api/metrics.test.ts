import { networkInterfaces } from "node:os";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call, errorOf } from "./support/call.ts";
import { byLink, joined, type Visitor } from "./support/people.ts";

const TOKEN = "a token that is long enough".replaceAll(" ", "-");
/** An address of this machine under which it is no loopback peer to itself. */
const OWN_ADDRESS = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;
const FORWARDED = [
  ["forwarded", "for=127.0.0.1"],
  ["x-forwarded-for", "127.0.0.1"],
  ["x-forwarded-host", "cairn.example.com"],
  ["x-real-ip", "127.0.0.1"],
  ["via", "1.1 proxy"],
] as const;

interface Started {
  readonly server: TestServer;
  readonly operator: Visitor;
  readonly owner: Visitor;
  readonly key: string;
}

async function start(options: Parameters<typeof startServer>[0]): Promise<Started> {
  const server = await startServer(options);
  const scopes = ["events:write", "events:read", "admin"];
  const key = await server.createKey({ project: "operator", tenant: "operator", scopes });
  const link = await byLink(server, "--operator");
  const operator = await joined(server, link, { email: "otto@example.com", role: "operator" });
  return { server, key, operator, owner: await byLink(server, "--tenant", "default") };
}

const metrics = (headers: Record<string, string> = {}) => ({ path: "/metrics", headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function expectMetrics(answer: Answer): void {
  expect(answer.status).toBe(200);
  expect(answer.text).toContain("cairn_disk_free_bytes");
}

function expectRefusal(answer: Answer, code: "metrics_token_required" | "forbidden"): void {
  expect(errorOf(answer)).toMatchObject({ error: { code } });
  expect([answer.status, answer.headers.get("www-authenticate")]).toEqual(
    code === "forbidden" ? [403, null] : [401, "Bearer"],
  );
  expect(answer.text).not.toContain("cairn_disk");
}

describe("without a token of metrics", () => {
  let it: Started;
  beforeAll(async () => {
    // Believing a proxy must not make a peer out of what a header says.
    it = await start({ args: ["--trust-proxy", "--host", "0.0.0.0"] });
  });
  afterAll(() => it.server.remove());

  test("this machine itself needs nothing", async () => {
    expectMetrics(await call(it.server, metrics()));
  });

  test.each(FORWARDED)("what a proxy passed on with %s needs an operator", async (name, value) => {
    expectRefusal(await call(it.server, metrics({ [name]: value })), "metrics_token_required");
    for (const token of [TOKEN, "undefined", it.key])
      expectRefusal(await call(it.server, metrics({ [name]: value, ...bearer(token) })), "metrics_token_required");
    expectRefusal(await it.owner.call(metrics({ [name]: value })), "forbidden");
    expectMetrics(await it.operator.call(metrics({ [name]: value })));
  });

  test.skipIf(OWN_ADDRESS === undefined)(
    "nor does anybody from elsewhere, whatever they say of themselves",
    async () => {
      const server = { url: it.server.url.replace("127.0.0.1", OWN_ADDRESS ?? "") };
      expect((await call(server, { path: "/healthz" })).status).toBe(200);
      for (const headers of [{}, { "x-forwarded-for": "127.0.0.1" }, { host: "127.0.0.1" }])
        expectRefusal(await call(server, metrics(headers)), "metrics_token_required");
    },
  );
});

describe("with a token of metrics", () => {
  let it: Started;
  beforeAll(async () => {
    it = await start({ env: { CAIRN_METRICS_TOKEN: TOKEN } });
  });
  afterAll(() => it.server.remove());

  test("everybody needs it, this machine too", async () => {
    expectMetrics(await call(it.server, metrics(bearer(TOKEN))));
    expectMetrics(await call(it.server, metrics({ ...bearer(TOKEN), "x-forwarded-for": "203.0.113.7" })));
    for (const headers of [
      {},
      bearer(`${TOKEN}x`),
      bearer(TOKEN.slice(0, -1)),
      bearer(it.key),
      { authorization: TOKEN },
    ])
      expectRefusal(await call(it.server, metrics(headers)), "metrics_token_required");
  });

  test("but operators who are signed in", async () => {
    expectMetrics(await it.operator.call(metrics()));
    expectRefusal(await it.owner.call(metrics()), "forbidden");
  });

  test("it opens nothing else", async () => {
    expect((await call(it.server, { path: "/v1/tenants", headers: bearer(TOKEN) })).status).toBe(401);
  });
});
