import { afterEach, beforeEach, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { createHome, type Home, runCairn, startCairn } from "../crash/support/cairn-process.ts";
import { logged } from "./support/log.ts";

const CHANNEL = "FE0ECFAD-13D5-401B-847D-77833BD77131";

let home: Home;

beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

test("after SIGKILL an id that was given is true, its event is there, and one that was not given is false", async () => {
  const first = await startCairn(home);
  const made = await runCairn(home, ["keys", "create", "--tenant", "acme", "--scopes", "events:write,events:read"]);
  const authorization = `Splunk ${made.stdout.trim()}`;
  const send = (server: { readonly url: string }, event: string) =>
    call(server, {
      path: `/services/collector/event?channel=${CHANNEL}`,
      headers: { authorization },
      body: { time: 1_772_600_767, event: { id: event, action: "a.b" } },
    });
  const ask = async (server: { readonly url: string }, acks: readonly number[]) => {
    const path = `/services/collector/ack?channel=${CHANNEL}`;
    const answer = await call(server, { path, headers: { authorization }, body: JSON.stringify({ acks }) });
    return answer.json<{ acks: Record<string, boolean> }>().acks;
  };
  const { ackId: id } = (await send(first, "before")).json<{ ackId: number }>();
  expect(await ask(first, [id])).toEqual({ [String(id)]: true });
  await first.kill("SIGKILL");

  const second = await startCairn(home);
  try {
    expect(await ask(second, [id, id + 1])).toEqual({ [String(id)]: true, [String(id + 1)]: false });
    const later = (await send(second, "after")).json<{ ackId: number }>();
    expect(await ask(second, [id, later.ackId])).toEqual({ [String(id)]: true, [String(later.ackId)]: true });
    const log = await logged(second, { key: made.stdout.trim() }, "splunk_hec");
    expect(log.map((event) => event.id)).toEqual(["before", "after"]);
  } finally {
    await second.kill("SIGTERM");
  }
});
