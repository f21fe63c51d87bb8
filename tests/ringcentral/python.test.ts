import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { record } from "../api/support/call.ts";
import { findPythonPeer } from "./support/python-peer.ts";
import type { AuditTrail } from "./support/rest-client.ts";

const python = await findPythonPeer();
if (!python.ok) console.warn(`SKIPPED, no independent client of RingCentral's API: ${python.reason}`);

describe.skipIf(!python.ok)("RingCentral's own client for Python, with nothing but its environment set,", () => {
  let server: TestServer;
  let reader: string;
  let writer: string;

  beforeAll(async () => {
    server = await startServer();
    [reader, writer] = await Promise.all([
      server.createKey({ tenant: "acme", scopes: ["events:read"] }),
      server.createKey({ tenant: "acme", scopes: ["events:write"] }),
    ]);
    const events = Array.from({ length: 24 }, (_, i) => ({
      id: `e-${i}`,
      occurred_at: new Date(Date.UTC(2021, 7, 24 - i, 9)).toISOString(),
      action: "setting.changed",
      actor: { id: "u-1", name: "Jane Doe" },
    }));
    await record(server, writer, events);
  });
  afterAll(() => server.remove());

  const collect = async (jwt: string, env: Readonly<Record<string, string>> = {}): Promise<string> =>
    python.ok
      ? python.run("audit_trail.py", {
          RC_APP_CLIENT_ID: "client",
          RC_APP_CLIENT_SECRET: "secret",
          RC_SERVER: server.url,
          RC_JWT_TOKEN: jwt,
          ...env,
        })
      : "";

  test("prints records 11 to 20 of the month", async () => {
    const { records, paging } = JSON.parse(await collect(reader)) as AuditTrail;
    expect(records.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, i) => `e-${i + 10}`));
    expect(paging).toEqual({ page: 2, perPage: 10, total: 3, totalFound: 24 });
    expect(records[0]).toMatchObject({
      actionId: "setting.changed",
      initiator: { extensionId: "u-1", name: "Jane Doe" },
    });
  });

  test("refreshes its tokens and signs out", async () => {
    const printed = await collect(reader, { RC_LOGOUT: "1" });
    expect(printed).toContain('"totalFound": 24');
    expect(printed).not.toContain("search:");
  });

  test("is told what is missing, in words it knows", async () => {
    const printed = await collect(writer);
    expect(printed).toContain("search: HTTP 403");
    expect(printed).toContain("application needs to have [ReadAuditTrail] permission");
    expect(await collect("eyJhbGciOiJSUzI1NiJ9.e30.x")).toMatch(/sign-in: HTTP 400 .*"invalid_grant"/);
  });
});
