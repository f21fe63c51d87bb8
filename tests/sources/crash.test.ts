import { afterEach, beforeEach, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { createHome, type Home, runCairn, StartFailure, startCairn } from "../crash/support/cairn-process.ts";
import { fsckFindings } from "../crash/support/check-record.ts";
import { type FakeAuth0, startAuth0 } from "./support/fake-auth0.ts";
import { logged, makeSource, showSource, until } from "./support/sources.ts";

let home: Home;
let auth0: FakeAuth0;

beforeEach(async () => {
  home = createHome();
  auth0 = await startAuth0();
});
afterEach(async () => {
  await auth0.stop();
  home.remove();
  expect(auth0.violations).toEqual([]);
});

const env = { CAIRN_ALLOW_INSECURE_SOURCES: "true" };

test("a power cut between recording and checkpoint repeats a page, and skips and doubles nothing", async () => {
  const first = auth0.happen(3);
  const server = await startCairn(home, { env });
  const made = await runCairn(home, ["keys", "create", "--tenant", "acme", "--scopes", "admin"]);
  const key = made.stdout.trim();
  const { clientId, clientSecret } = auth0.credentials;
  const { id } = await makeSource(server, key, {
    ...{ kind: "auth0_poller", name: "Auth0", secrets: { client_secret: clientSecret } },
    settings: { url: auth0.url, client_id: clientId, retention_days: 30, interval_seconds: 3_600 },
  });
  await until(
    () => showSource(server, key, id),
    ({ counts }) => counts.created === 3,
  );
  await server.kill("SIGTERM");
  const later = auth0.happen(4);
  const before = auth0.seen.length;

  // The page is durable, and the one who asked for it never hears so.
  expect(await endOf({ ...env, CAIRN_CRASH_AT: "journal-committed" })).toBe("cut");
  const again = await startCairn(home, { env });
  const shown = await until(
    () => showSource(again, key, id),
    ({ counts }) => counts.duplicate === 4,
  );
  expect(shown.counts).toMatchObject({ created: 3, duplicate: 4 });
  expect((await logged(again, key)).map((event) => event.id)).toEqual([...first, ...later]);
  const froms = auth0.seen.slice(before).flatMap(({ query }) => query.get("from") ?? []);
  expect(froms.slice(0, 2)).toEqual([first.at(-1), first.at(-1)]);
  expect((await call(again, { path: "/v1/sources", key })).status).toBe(200);
  await again.kill("SIGTERM");
  expect(await fsckFindings(home)).toEqual([]);
});

/** Starts a server that does not live long; it may end before it has said that it serves. */
async function endOf(environment: Readonly<Record<string, string>>): Promise<"cut" | "ended"> {
  try {
    const { signal } = await (await startCairn(home, { env: environment })).ended;
    return signal === "SIGKILL" ? "cut" : "ended";
  } catch (error) {
    if (error instanceof StartFailure && error.code === null) return "cut";
    throw error;
  }
}
