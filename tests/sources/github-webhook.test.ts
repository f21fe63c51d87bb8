import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { deliver, logged, makeSource, rejects, type ShownSource, sample, showSource } from "./support/sources.ts";

const SECRET = "It's a Secret to Everybody";
const deliveries = JSON.parse(sample("github/deliveries.json")) as readonly {
  readonly event: string;
  readonly delivery: string;
  readonly payload: object;
}[];

let server: SourceServer;
let key: string;
let source: ShownSource;
let tenants = 0;

beforeAll(async () => {
  server = await startSourceServer();
});
afterAll(() => server.remove());

async function fresh(): Promise<void> {
  key = await server.createKey(`t${++tenants}`);
  source = await makeSource(server, key, {
    ...{ kind: "github_webhook", name: "GitHub", secrets: { webhook_secret: SECRET } },
  });
}

const signed = (body: string, secret = SECRET) => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** Sends a delivery as GitHub does: no credentials but the signature. */
function send(body: string, { event, delivery }: { event: string; delivery: string }, signature = signed(body)) {
  return call(server, {
    ...{ path: `/v1/sources/${source.id}/events`, body },
    headers: { "x-github-event": event, "x-github-delivery": delivery, "x-hub-signature-256": signature },
  });
}

test("signed deliveries are recorded once, however often they come", async () => {
  await fresh();
  for (const each of deliveries) {
    const body = JSON.stringify(each.payload);
    const answer = await send(body, each);
    expect([answer.status, answer.json()]).toMatchObject([200, { received: 1, created: 1 }]);
    expect((await send(body, each)).json()).toMatchObject({ created: 0, duplicate: 1 });
  }
  const events = await logged(server, key);
  expect(events.map(({ id }) => id)).toEqual(deliveries.map(({ delivery }) => delivery));
  expect(events[0]).toMatchObject({
    source: "github_webhook",
    action: "repository.privatized",
    actor: { id: "octocat" },
  });
  expect((await send('{"zen":"x"}', { event: "ping", delivery: "ping-1" })).json()).toMatchObject({ skipped: 1 });
});

test("whoever signs with another secret, or something else, is nobody", async () => {
  await fresh();
  const about = { event: "push", delivery: "d-1" };
  const strangers = [
    send("{}", about, signed("{}", "guess")),
    send("{}", about, signed("{ }")),
    send("{}", about, ""),
    send("{}", about, "sha256=00"),
    send("{}", about, signed("{}").replace("sha256=", "sha1=")),
    deliver(server, { id: source.id, token: "guess" }, "{}", { "x-hub-signature-256": signed("{}", "guess") }),
    call(server, { path: "/v1/sources/src_00000000000000000000/events", body: "{}" }),
  ];
  for (const answer of await Promise.all(strangers)) expect(answer.status).toBe(401);
  expect((await showSource(server, key, source.id)).counts).toMatchObject({ received: 0 });
  expect(await logged(server, key)).toEqual([]);
});

test("a signature counts for nothing at a source of another kind", async () => {
  await fresh();
  const other = await makeSource(server, key, { kind: "okta_hook", name: "Okta" });
  const answer = await call(server, {
    ...{ path: `/v1/sources/${other.id}/events`, body: "[]" },
    headers: { "x-hub-signature-256": signed("[]", "") },
  });
  expect(answer.status).toBe(401);
});

test("the token is as good, for sending again by hand", async () => {
  await fresh();
  const [first] = deliveries;
  const about = { "x-github-event": first?.event ?? "", "x-github-delivery": first?.delivery ?? "" };
  const answer = await deliver(server, source, JSON.stringify(first?.payload), about);
  expect(answer.json()).toMatchObject({ created: 1 });
});

test("what cannot be read is refused and kept", async () => {
  await fresh();
  const answer = await send("{", { event: "push", delivery: "d-1" });
  expect(answer.status).toBe(400);
  expect(await rejects(server, key, source.id)).toMatchObject([{ payload: "{" }]);
});

test("a secret is required, and none is shown", async () => {
  await fresh();
  const body = { kind: "github_webhook", name: "GitHub" };
  expect((await call(server, { path: "/v1/sources", key, body })).status).toBe(400);
  const shown = await showSource(server, key, source.id);
  expect(shown.secrets).toEqual(["webhook_secret"]);
  expect(JSON.stringify(shown)).not.toContain(SECRET);
});
