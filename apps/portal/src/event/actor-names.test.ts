import { expect, test } from "vitest";
import { actorNames } from "./actor-names.ts";

test("people are called by their name and found by the most exact of what is known; the forgotten stay references", () => {
  const names = actorNames([
    { value: "sub_a", ref: "sub_a", count: 3, name: "Jane Doe", id: "u 1", email: "jane@example.com" },
    { value: "sub_b", ref: "sub_b", count: 2, email: "joe@example.com" },
    { value: "sub_c", ref: "sub_c", count: 1 },
    { value: "clock", count: 1 },
  ]);
  expect([...names]).toEqual([
    ["sub_a", { name: "Jane Doe", term: 'actor.id:"u 1"', value: '"u 1"' }],
    ["sub_b", { name: "joe@example.com", term: "actor.email:joe@example.com", value: "joe@example.com" }],
  ]);
});
