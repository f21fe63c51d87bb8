import { CanonicalWriter } from "@cairn/event";
import { expect, test } from "vitest";
import { BlockBuilder, decodeBlock, openBlock } from "./block.ts";
import { openBlockColumns } from "./block-columns.ts";
import type { ValueSource } from "./value-source.ts";

/** The block of docs/formats/block.md: stored blocks look like this, and what is stored can be read for ever. */
const STORED = `{"v":1,"shapes":[["/action","/occurred_at"],["/action","/details","/purpose"]],\
"shapeOf":[0,2,1,1,0,1],"seedOf":[0,2,1,1,0,1],"starts":[3,9],\
"seeds":["d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3c=","iIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIg="]}
"login"
"login"
"login"
"2026-03-04T05:06:07.089Z"
"2026-03-04T05:06:08.000Z"
"2026-03-04T05:06:09.000Z"
"x.y"
{"a":[1,null]}
"é"
`;

const LOGIN = ["/action", "/occurred_at"];
const OTHER = ["/action", "/details", "/purpose"];
const EVENTS = [
  { paths: LOGIN, values: ['"login"', '"2026-03-04T05:06:07.089Z"'], seed: 0, saltStart: 0 },
  { paths: LOGIN, values: ['"login"', '"2026-03-04T05:06:08.000Z"'], seed: 0, saltStart: 3 },
  { paths: OTHER, values: ['"x.y"', '{"a":[1,null]}', '"é"'], seed: 1, saltStart: 0 },
  { paths: LOGIN, values: ['"login"', '"2026-03-04T05:06:09.000Z"'], seed: 0, saltStart: 9 },
];
const SEEDS = [new Uint8Array(32).fill(0x77), new Uint8Array(32).fill(0x88)];

test("a block is written as it was in format 1", () => {
  const block = new BlockBuilder();
  for (const seed of SEEDS) block.addSeed(seed);
  for (const { paths, values, seed, saltStart } of EVENTS)
    block.add(paths, { source: textSource(values), first: 0, stride: 1 }, { seed, start: saltStart });
  const target = new CanonicalWriter(16);
  block.encode(target);
  expect(Buffer.from(target.bytes.subarray(0, target.length)).toString()).toBe(STORED);
});

test("a block of format 1 is read", () => {
  const { shapes, events, seeds } = decodeBlock(STORED);
  expect(events.map(({ shape, ...rest }) => ({ paths: shapes[shape], ...rest }))).toEqual(EVENTS);
  expect(seeds.map((seed) => new Uint8Array(seed))).toEqual(SEEDS);
});

test.each([
  ["its events", decodeBlock],
  ["its bytes", (text: string) => openBlock(Buffer.from(text))],
  ["its columns", (text: string) => openBlockColumns(Buffer.from(text))],
])("a block of a later format is refused, whoever reads %s", (_, read) => {
  read(STORED);
  const later = STORED.replace('"v":1', '"v":2');
  expect(() => read(later)).toThrow(expect.objectContaining({ code: "format_newer" }));
});

function textSource(values: readonly string[]): ValueSource {
  return { copyValue: (index, target) => target.text(values[index] ?? "") };
}
