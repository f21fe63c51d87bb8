import type { RecordedEvent } from "@cairn/event";
import { describe, expect, test } from "vitest";
import { fillTemplate } from "./template.ts";

const event = {
  action: "fax.viewed",
  actor: { type: "user", id: "u-1", name: "Jane Doe" },
  targets: [{ type: "fax", id: "f-7" }],
  outcome: { result: "success" },
  details: { pages: 3, tags: ["a", "b"] },
} as unknown as RecordedEvent;

describe("a sentence of the catalog", () => {
  test("is filled with what the event says", () => {
    expect(fillTemplate("{actor} opened {target} of {details.pages} pages ({details.tags})", event)).toBe(
      "Jane Doe opened fax f-7 of 3 pages (a, b)",
    );
    expect(fillTemplate("{target.id}: {outcome}", event)).toBe("f-7: success");
    expect(fillTemplate("nothing to fill", event)).toBe("nothing to fill");
  });

  test("is not used where the event lacks a part of it", () => {
    expect(fillTemplate("{actor} sent it to {recipient}", event)).toBeUndefined();
    expect(fillTemplate("{details.pages.deep}", event)).toBeUndefined();
  });
});
