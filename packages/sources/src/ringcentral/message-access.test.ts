import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { accept } from "../testing/accept.ts";
import { damaged } from "../testing/arbitrary.ts";
import { lostLeaves } from "../testing/lost-leaves.ts";
import { type MessageObservation, messageEvents } from "./message-access.ts";
import { messageRowOf } from "./message-row.ts";

const fax: JsonObject = {
  uri: "https://platform.ringcentral.com/restapi/v1.0/account/230919004/extension/230919004/message-store/5209304004",
  id: 5209304004,
  from: { phoneNumber: "+12138887464" },
  type: "Fax",
  creationTime: "2026-10-08T09:17:27.000Z",
  readStatus: "Unread",
  priority: "Normal",
  attachments: [{ id: 5209304004, type: "RenderedDocument", contentType: "application/pdf" }],
  direction: "Inbound",
  availability: "Alive",
  subject: "+12135559976",
  messageStatus: "Received",
  faxPageCount: 1,
  lastModifiedTime: "2026-10-08T09:17:27.227Z",
};
const minute = (n: number) => Date.UTC(2026, 9, 8, 10, n);
const changed = (changes: JsonObject, modified = "2026-10-08T10:03:00.000+0000") => ({
  ...fax,
  lastModifiedTime: modified,
  ...changes,
});
const look = (rest: Partial<MessageObservation>) =>
  messageEvents({ previous: fax, previousLookMs: minute(0), lookMs: minute(5), ...rest }).map((event) => accept(event));

describe("messageEvents", () => {
  test("a message that is there now was received", () => {
    const [event, ...more] = messageEvents({ current: fax, lookMs: minute(0) }).map(accept);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      action: "message.received",
      occurred_at: "2026-10-08T09:17:27.000Z",
      actor: { type: "user", id: "+12138887464" },
      targets: [{ type: "fax", id: "5209304004" }],
    });
    expect(event?.inferred).toBeUndefined();
  });

  test("reading is concluded: the extension, a window, at least once, and never an address", () => {
    const [event] = look({ current: changed({ readStatus: "Read" }) });
    expect(event).toMatchObject({
      action: "message.read",
      verb: "read",
      inferred: true,
      occurred_at: "2026-10-08T10:03:00.000Z",
      time_uncertain_ms: 180_000,
      actor: { type: "user", id: "230919004" },
      labels: { actor_is: "extension" },
      details: { window: { from: "2026-10-08T10:00:00.000Z", to: "2026-10-08T10:03:00.000Z" } },
    });
    expect(event?.description).toContain("at least once");
    expect(event?.context).toBeUndefined();
  });

  test("one that was read when first seen was read after it came", () => {
    const events = messageEvents({ current: changed({ readStatus: "Read" }), lookMs: minute(5) });
    expect(events.map(({ action }) => action)).toEqual(["message.received", "message.read"]);
    expect(events[1]?.time_uncertain_ms).toBe(Date.UTC(2026, 9, 8, 10, 3) - Date.UTC(2026, 9, 8, 9, 17, 27));
  });

  test("marking unread and reading again are two events", () => {
    const read = changed({ readStatus: "Read" });
    const unread = changed({ readStatus: "Unread" }, "2026-10-08T10:04:00Z");
    expect(look({ previous: read, current: unread }).map(({ action }) => action)).toEqual(["message.marked_unread"]);
    const again = changed({ readStatus: "Read" }, "2026-10-08T10:05:00Z");
    const ids = [...look({ current: read }), ...look({ previous: unread, current: again })].map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test("a person deletes; at the retention age it is System, as is every purge", () => {
    const deleted = changed({ availability: "Deleted" });
    expect(look({ current: deleted, retentionDays: 30 })).toMatchObject([
      { action: "message.deleted", actor: { id: "230919004" } },
    ]);
    const late = changed({ availability: "Deleted" }, "2026-11-07T09:17:27.000Z");
    const lookMs = Date.UTC(2026, 10, 7, 10);
    expect(look({ current: late, lookMs, retentionDays: 30 })).toMatchObject([
      { actor: { type: "system", name: "System" } },
    ]);
    expect(look({ previous: deleted, current: changed({ availability: "Purged" }) })).toMatchObject([
      { action: "message.purged", actor: { type: "system" } },
    ]);
    const { current: _none, ...gone } = { current: undefined, lookMs, retentionDays: 30 };
    expect(look(gone)).toMatchObject([{ action: "message.disappeared", actor: { type: "system" } }]);
    expect(look({ lookMs: minute(5), retentionDays: 30 })).toMatchObject([{ actor: { type: "anonymous" } }]);
  });

  test("sending tells to whom, and why it failed", () => {
    const out = changed({
      direction: "Outbound",
      messageStatus: "Queued",
      to: [{ phoneNumber: "+12135550100" }],
      readStatus: "Read",
    });
    expect(messageEvents({ current: out, lookMs: minute(5) })).toMatchObject([
      { action: "message.sent", recipient: "+12135550100", actor: { id: "230919004" }, outcome: { result: "unknown" } },
    ]);
    const failed = {
      ...out,
      messageStatus: "SendingFailed",
      to: [{ phoneNumber: "+12135550100", faxErrorCode: "LineBusy" }],
    };
    expect(look({ previous: out, current: failed })).toMatchObject([
      { action: "message.delivery_failed", outcome: { result: "failure", reason: "LineBusy" } },
    ]);
  });

  test("the same look gives the same events; no change gives none", () => {
    expect(look({ current: fax })).toEqual([]);
    const current = changed({ readStatus: "Read" });
    expect(look({ current })).toEqual(look({ current }));
  });

  test("any two records give only events that the door takes and that lose nothing", () => {
    fc.assert(
      fc.property(damaged(fax), damaged(fax), fc.nat(), (previous, current, lookMs) => {
        const used = messageRowOf(current) === undefined ? previous : current;
        for (const event of messageEvents({ previous, current, lookMs, previousLookMs: 0, retentionDays: 30 })) {
          accept(event);
          expect(lostLeaves(used, event).filter(({ pointer }) => pointer !== "/id")).toEqual([]);
        }
      }),
    );
  });
});
