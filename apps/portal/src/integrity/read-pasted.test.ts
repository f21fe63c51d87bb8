import { expect, test } from "vitest";
import type { TenantAnswer } from "../api/answers.ts";
import { readPasted } from "./read-pasted.ts";

const TENANT = { tenant: "clinic" } as TenantAnswer;
const EVENT = {
  ledger: 1,
  sequence: 41,
  event_root: "00",
  received_at: "2026-01-01T00:00:00.000Z",
  occurred_at: "2026-01-01T00:00:00.000Z",
  action: "a.b",
  actor: { type: "user" },
  outcome: { result: "success" },
  tenant: "clinic",
};

test("an event is read as it was exported, of several lines the first", () => {
  expect(readPasted(JSON.stringify(EVENT, undefined, 2), TENANT)).toMatchObject({ kind: "event", event: EVENT });
  const lines = `${JSON.stringify(EVENT)}\n${JSON.stringify({ ...EVENT, sequence: 42 })}\n`;
  expect(readPasted(lines, TENANT)).toMatchObject({ event: { sequence: 41 } });
});

test("what is no event of this log is refused with the reason", () => {
  const why = (text: string) => {
    const read = readPasted(text, TENANT);
    return read.kind === "wrong" ? read.why : "event";
  };
  expect(why(" ")).toBe("empty");
  expect(why("{")).toBe("json");
  expect(why("[1]")).toBe("shape");
  expect(why(JSON.stringify({ ...EVENT, sequence: "41" }))).toBe("shape");
  expect(why(JSON.stringify({ ...EVENT, actor: null }))).toBe("shape");
  expect(why(JSON.stringify({ ...EVENT, tenant: "other" }))).toBe("tenant");
});
