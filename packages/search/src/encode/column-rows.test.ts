import { canonicalJson, flattenCore, rebuildCore } from "@cairn/event";
import { arbitraryEventInput, createEventGenerator } from "@cairn/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toEventColumns } from "../testing/event-columns.ts";
import { toIndexInputs } from "../testing/random-events.ts";
import { readBlock } from "../testing/read-block.ts";
import { type EncodedRows, type IndexInput, RowEncoder } from "./rows.ts";
import { planShape } from "./shape-plan.ts";

function rowsOf({ block }: EncodedRows): unknown[] {
  return readBlock(block)
    .map((row) => ({
      sequence: row.get("sequence"),
      // In what order people are mentioned says nothing.
      row: { ...Object.fromEntries(row), mentions: (row.get("mentions") as string[]).toSorted() },
    }))
    .toSorted((a, b) => Number(a.sequence) - Number(b.sequence))
    .map(({ row }) => row);
}

const factsOf = ({ facts }: EncodedRows) => facts.map((fact) => JSON.stringify(fact)).toSorted();

function encodeColumns(encoder: RowEncoder, batches: readonly (readonly IndexInput[])[]): EncodedRows {
  for (const batch of batches) encoder.addColumns(toEventColumns(batch));
  return encoder.take();
}

/** Of one epoch, as every batch is. */
const inputsOf = (events: readonly unknown[]) =>
  toIndexInputs(events, { tenantNo: 7 }).map((input) => ({ ...input, ledger: 3 }));

/** The ledger keeps members of deep values in the order of RFC 8785. */
function asStored(input: IndexInput): IndexInput {
  const units: [string, string][] = [];
  flattenCore(input.split.core, ({ pointer }, value) => units.push([pointer, canonicalJson(value)]));
  return { ...input, split: { ...input.split, core: rebuildCore(units) } };
}

function isAccepted(event: unknown): boolean {
  try {
    return inputsOf([event]).length === 1;
  } catch {
    return false;
  }
}

/** Values that columns cannot take as they are, among ones that they can. */
const oddText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("plain", 'a "quoted" word', "back\\slash", "Ünï", "患者", "x".repeat(130), "12", "-4.5", "{sub_a-b}", "{", "tab\there", "\u007f", "¤") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 12 }) },
); // biome-ignore format: one list
const oddJson = fc.oneof(
  oddText,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom([], {}, [1, "a"], { b: { c: [true] } }, { "2": "x", "10": "y" }),
);
const oddEvent = fc.record(
  {
    id: oddText,
    action: fc.constantFrom("a.b", "document.viewed"),
    actor: fc.oneof(
      fc.record({ type: fc.constant("service"), id: oddText }, { requiredKeys: ["type"] }),
      fc.record({ id: oddText, name: oddText, role: oddText, groups: fc.array(oddText, { maxLength: 3 }) }, { requiredKeys: [] }),
      fc.record({ id: oddText, on_behalf_of: fc.record({ type: fc.constantFrom("user", "api"), id: oddText, name: oddText }) }),
    ),
    targets: fc.array(fc.record({ type: fc.constantFrom("user", "document", "Döc"), id: oddText, name: oddText }, { requiredKeys: ["type"] }), { maxLength: 3 }),
    context: fc.record({ ip: fc.constantFrom("203.0.113.7", "2001:db8::1"), user_agent: oddText, location: oddText, session_id: oddText }, { requiredKeys: [] }),
    description: fc.tuple(oddText, oddText).map((both) => both.join(" ")),
    changes: fc.array(fc.record({ field: oddText, before: oddJson, after: oddJson }, { requiredKeys: ["field"] }), { maxLength: 2 }),
    details: fc.oneof(oddJson, fc.dictionary(fc.constantFrom("a", "B", "10", "2", "c/d", "__proto__"), fc.oneof(oddJson, fc.dictionary(oddText, oddJson, { maxKeys: 2 })))),
    labels: fc.dictionary(fc.constantFrom("x", "Y", "7"), oddText, { maxKeys: 2 }),
    warnings: fc.array(oddText, { maxLength: 2 }),
    inferred: fc.boolean(),
    time_uncertain_ms: fc.nat(),
    purpose: oddText,
    recipient: oddText,
    source_action: oddText,
  },
  { requiredKeys: ["action"] },
); // biome-ignore format: a field a line

describe("rows from columns", () => {
  test("are the rows of the events one by one", () => {
    const encoder = new RowEncoder();
    fc.assert(
      fc.property(
        fc.array(fc.oneof(arbitraryEventInput, oddEvent), { minLength: 1, maxLength: 12 }),
        fc.nat(12),
        (events, cut) => {
          const inputs = inputsOf(events.filter(isAccepted));
          const slowly = new RowEncoder().encode(inputs.map(asStored));
          const quickly = encodeColumns(encoder, [inputs.slice(0, cut), inputs.slice(cut)]);
          expect(quickly.rowCount).toBe(inputs.length);
          expect(rowsOf(quickly)).toEqual(rowsOf(slowly));
          expect(factsOf(quickly)).toEqual(factsOf(slowly));
        },
      ),
      { numRuns: process.env.CAIRN_CAMPAIGN === "long" ? 10_000 : 500 },
    );
  });

  test("of a steady load repeat values, people and shapes, block after block", () => {
    const generator = createEventGenerator({ seed: 5, times: { kind: "live", nowMs: () => Date.UTC(2026, 2, 4) } });
    const encoder = new RowEncoder();
    for (let block = 0; block < 3; block++) {
      const events = JSON.parse(generator.batch(600).toString("utf8")) as { events: unknown[] };
      const inputs = inputsOf(events.events);
      const quickly = encodeColumns(encoder, [inputs.slice(0, 250), inputs.slice(250)]);
      const slowly = new RowEncoder().encode(inputs);
      expect(rowsOf(quickly)).toEqual(rowsOf(slowly));
      expect(factsOf(quickly)).toEqual(factsOf(slowly));
    }
  });

  test("leave out events without a sequence, and what they say of people", () => {
    const inputs = inputsOf([
      { id: "1", action: "a.b", actor: { id: "jane" } },
      { id: "2", action: "a.b", actor: { id: "joe" } },
    ]);
    const columns = toEventColumns(inputs);
    columns.sequences[1] = -1;
    const encoder = new RowEncoder();
    encoder.addColumns(columns);
    const { rowCount, facts } = encoder.take();
    expect(rowCount).toBe(1);
    expect(facts.map(({ value }) => value)).toEqual(["jane"]);
  });
});

describe("a plan", () => {
  const base = ["/id", "/occurred_at", "/action", "/verb", "/category", "/source", "/actor/type", "/outcome/result"];

  test("is made for shapes whose every path feeds a column", () => {
    expect(planShape([...base, "/details/a", "/targets/0/type"])?.leaves).toEqual([{ column: 8, path: "details.a" }]);
  });

  test.each([
    "/actor",
    "/targets",
    "/targets/0",
    "/changes/0",
    "/changes",
    "/labels",
    "/context",
    "/context/client",
    "/unheard_of",
  ])("is not made for one with %s as a value", (path) => {
    expect(planShape([...base.filter((each) => !each.startsWith(`${path}/`)), path])).toBeUndefined();
  });
});
