import { expect, test } from "vitest";
import { KEYED_WAYS } from "./keyed-steps.ts";

const ORIGIN = "https://log.example.com:8443";

test.each(KEYED_WAYS.map((way) => [way.name, way] as const))(
  "%s: what is pasted has this server and a key",
  (_, way) => {
    const pasted = way.steps(ORIGIN).flatMap(({ copy }) => (copy === undefined ? [] : [copy.value]));
    expect(pasted.join("\n")).toContain("log.example.com");
    expect(pasted.join("\n")).toContain("8443");
    expect(pasted.join("\n")).toContain("CAIRN_KEY");
  },
);

test("no two have one name", () => {
  expect(new Set(KEYED_WAYS.map(({ name }) => name)).size).toBe(KEYED_WAYS.length);
});
