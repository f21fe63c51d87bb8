import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSyslog } from "./parse-syslog.ts";
import { createStreamIdentity } from "./stream-identity.ts";

const FINE = "<13>1 2026-03-04T05:06:07.089123Z host app 1 - - text";
const ids = (connection: string, messages: readonly string[]) => {
  const identify = createStreamIdentity(connection);
  return messages.map((message) => {
    const bytes = Buffer.from(message);
    return identify(bytes, parseSyslog(bytes, { receivedMs: 0 }));
  });
};

test("what tells fractions of a second and comes again on another connection is the same event", () => {
  const first = ids("a", [FINE, FINE]);
  expect(new Set(first).size).toBe(2);
  expect(ids("b", [FINE, FINE])).toEqual(first);
  for (const id of first) expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test.each([
  "<13>Oct 11 22:14:15 host app: text",
  "<13>1 2026-03-04T05:06:07Z host app 1 - - text",
  "<13>1 2026-03-04T05:06:07.000000Z host app 1 - - text",
  "<13>1 - host app 1 - - text",
  "<13>no time at all",
])("%j is another event each time", (message) => {
  const all = [...ids("a", [message, message]), ...ids("b", [message, message])];
  expect(new Set(all).size).toBe(4);
});

test("of any messages each is told apart, and sent again known again", () => {
  const message = fc.nat(5).map((n) => FINE.replace("text", String(n)));
  fc.assert(
    fc.property(fc.array(message), (messages) => {
      const once = ids("a", messages);
      expect(new Set(once).size).toBe(messages.length);
      expect(ids("b", messages)).toEqual(once);
    }),
  );
});
