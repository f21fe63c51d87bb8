import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { logged, refused } from "./support/log.ts";

let server: TestServer;
let key: string;
let project: string;

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read"];
  [key, project] = await Promise.all([
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ scopes: [...scopes, "tenants:create"] }),
  ]);
});
afterAll(() => server.remove());

const hecEvent = (id: number, note = "n") => ({
  time: 1_772_600_767 + id,
  event: {
    id: `e-${id}`,
    action: "file.read",
    actor: { id: `u-${id % 7}` },
    note,
    deep: { b: [{ d: 1, c: id }], a: {} },
  },
});

test("more events than go in at one time: each once, in their order, whatever their neighbours are", async () => {
  const records: object[] = Array.from({ length: 1_700 }, (_, id) => hecEvent(id));
  records[901] = { time: 1, nothing: true };
  records[1_650] = hecEvent(3);
  records[1_651] = hecEvent(4, "other");
  const send = () =>
    call(server, {
      path: "/services/collector/event",
      headers: { authorization: `Splunk ${key}` },
      body: records.map((record) => JSON.stringify(record)).join("\n"),
    });
  const answer = await send();
  expect([answer.status, answer.json()]).toMatchObject([400, { code: 12, "invalid-event-number": 901 }]);
  const own = [...Array(1_700).keys()].filter((id) => ![901, 1_650, 1_651].includes(id)).map((id) => `e-${id}`);
  const first = await logged(server, { key }, "splunk_hec");
  expect(first.map(({ id }) => id)).toEqual(own.slice(0, first.length));
  expect(first[3]?.details).toMatchObject({ event: { note: "n", deep: { b: [{ c: 3, d: 1 }], a: {} } } });
  expect(await refused(server, key)).toHaveLength(1);
  // The log shows its first thousand; all of it again creates nothing.
  await send();
  expect((await logged(server, { key }, "splunk_hec")).length).toBe(first.length);
});

test("a bulk of several customers: each in their own log", async () => {
  const event = (id: string, group: string) => ({ id, action: "file.read", crud: "r", group: { id: group } });
  const answer = await call(server, {
    ...{ path: "/publisher/v1/project/any/event/bulk", key: project },
    body: { events: [event("1", "one"), event("2", "two"), event("3", "one")] },
  });
  expect(answer.status).toBe(201);
  expect(answer.json()).toMatchObject([{ id: "1" }, { id: "2" }, { id: "3" }]);
  const idsOf = async (tenant: string) =>
    (await logged(server, { key: project, tenant }, "retraced")).map(({ id }) => id);
  expect([await idsOf("one"), await idsOf("two")]).toEqual([["1", "3"], ["2"]]);
  const single = await call(server, {
    ...{ path: "/publisher/v1/project/any/event", key: project },
    body: event("4", "two"),
  });
  expect([single.status, await idsOf("two")]).toEqual([201, ["2", "4"]]);
});
