import type { Json } from "@cairn/event";
import { expect, test } from "vitest";
import { previewDefinition } from "../preview.ts";
import { PRESET_SAMPLES } from "./preset-samples.ts";
import { DEFINITION_PRESETS } from "./presets.ts";

test("every preset ships with a sample, and there is no other", () => {
  expect(Object.keys(PRESET_SAMPLES).sort()).toEqual(DEFINITION_PRESETS.map(({ name }) => name).sort());
});

test.each(DEFINITION_PRESETS.map((definition) => [definition.name, definition] as const))(
  "the sample of %s becomes events, each with its own time and no warning",
  (name, definition) => {
    const items = previewDefinition(definition as unknown as Json, PRESET_SAMPLES[name] ?? "");
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      if (item.kind !== "event") throw new Error(JSON.stringify(item));
      expect(item.event.occurred_at).toMatch(/^2026-03-04T/);
      expect(item.event.warnings ?? []).toEqual([]);
    }
  },
);
