import { expect, test } from "vitest";
import { syslogMapping } from "../syslog/syslog.ts";
import { mapEach, mapItems, type UnidentifiedItem } from "./map-items.ts";

const item = (record: object) => ({ kind: "record" as const, record: { facility: 1, ...record }, text: "" });
const items = [
  item({ timestamp: "2026-03-04T05:06:07.089Z", message: "a" }),
  item({ message: "b" }),
  item({ json: { action: "c", id: "own" } }),
  { kind: "record" as const, record: {}, text: "no message" },
];

test("who hands records over may know their identity better than their content does", () => {
  const asked: UnidentifiedItem[] = [];
  const mapped = mapItems(syslogMapping, items, {
    original: "leave",
    identify(each) {
      asked.push(each);
      return each.hasTime ? `at ${each.index}` : undefined;
    },
  });
  expect(mapped.map((each) => (each.kind === "event" ? each.event.id : each.kind))).toEqual([
    ...["at 0", expect.stringMatching(/^sha256:/), "own", "refused"],
  ]);
  expect(asked).toEqual([
    { index: 0, part: 0, hasTime: true },
    { index: 1, part: 0, hasTime: false },
  ]);
});

test("what became of each item stands in its place", () => {
  const divided = {
    ...syslogMapping,
    divide: (record: object) => ("message" in record ? [{ facility: 1 }, { facility: 2 }] : [{ facility: 3 }]),
  };
  const identify = ({ index, part }: UnidentifiedItem) => `${index}.${part}`;
  const mapped = mapEach(divided, items.slice(0, 3), { original: "leave", identify });
  expect(mapped.map((all) => all.map((each) => (each.kind === "event" ? each.event.id : each.kind)))).toEqual([
    ...[["0.0", "0.1"], ["1.0", "1.1"], ["2.0"]],
  ]);
});
