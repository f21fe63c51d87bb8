import type { EventInput } from "@cairn/event";
import { expect, test } from "vitest";
import { findSharedLogins } from "./shared-logins.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 2, 4, hour)).toISOString();
const login = (id: string, ip: string, hour: number, result: "success" | "failure" = "success"): EventInput => ({
  action: "session.login",
  occurred_at: at(hour),
  actor: { id, name: "Front desk" },
  context: { ip },
  outcome: { result },
});

test("several addresses within half a day are told, once a day", () => {
  const first = findSharedLogins({}, [login("101", "203.0.113.1", 8), login("102", "203.0.113.1", 8)]);
  expect(first.events).toEqual([]);
  const { events, logins } = findSharedLogins(first.logins, [
    login("101", "203.0.113.2", 9),
    login("101", "203.0.113.3", 10),
    login("102", "203.0.113.1", 11),
  ]);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    action: "session.login_shared",
    inferred: true,
    occurred_at: at(10),
    targets: [{ type: "extension", id: "101", name: "Front desk" }],
    details: { addresses: ["203.0.113.1", "203.0.113.2", "203.0.113.3"], window: { from: at(8), to: at(10) } },
  });
  const [again] = findSharedLogins(logins, [login("101", "203.0.113.4", 12)]).events;
  expect(again?.id).toBe(events[0]?.id);
});

test("failures, far apart and one address say nothing", () => {
  const none = [
    login("101", "203.0.113.1", 0),
    login("101", "203.0.113.2", 1, "failure"),
    login("101", "203.0.113.3", 13),
    { action: "session.login", occurred_at: at(1), outcome: { result: "success" } } as const,
  ];
  const { events, logins } = findSharedLogins({}, none);
  expect(events).toEqual([]);
  expect(Object.keys(logins["101"] ?? {})).toEqual(["203.0.113.3"]);
});

test("what is remembered has a limit", () => {
  const many = Array.from({ length: 1_500 }, (_, i) => login(`x${i}`, "203.0.113.1", 8));
  const crowd = Array.from({ length: 40 }, (_, i) => login("101", `203.0.113.${i}`, 9));
  const { logins } = findSharedLogins({}, [...many, ...crowd]);
  expect(Object.keys(logins)).toHaveLength(1_000);
  expect(Object.keys(logins["101"] ?? {})).toHaveLength(20);
});
