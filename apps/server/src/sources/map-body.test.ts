import { readOkta } from "@cairn/sources";
import { expect, test } from "vitest";
import { kindOf } from "./kinds.ts";
import { mapInTurns } from "./map-body.ts";

const RECORDS = 10_000;
/** Records between two turns of others, at most. */
const MOST_AT_ONCE = 200;

test("a page of many records lets others have their turn while it is mapped, and loses none", async () => {
  const actor = { id: "u1", type: "User", displayName: "Jane Doe" };
  const page = Array.from({ length: RECORDS }, (_, i) => ({
    ...{ uuid: `event-${i}`, published: "2026-03-04T05:06:07.089Z", eventType: "user.session.start", actor },
  }));
  const items = readOkta(JSON.stringify(page));
  const control = { turns: 0, isOver: false };
  const takeTurns = (): void => {
    control.turns++;
    if (!control.isOver) setImmediate(takeTurns);
  };
  setImmediate(takeTurns);
  const reading = kindOf("okta_poller")!.reading({ url: "https://example.okta.com" });
  const { events, refused } = await mapInTurns(reading, items);
  control.isOver = true;
  expect(refused).toEqual([]);
  expect(events.map(({ id }) => id)).toEqual(page.map(({ uuid }) => uuid));
  expect(control.turns).toBeGreaterThanOrEqual(RECORDS / MOST_AT_ONCE);
});
