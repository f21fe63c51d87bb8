import { arbitraryEventInput } from "@cairn/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptEvent } from "../door/accept.ts";
import { canonicalJson } from "../json/canonical.ts";
import type { CairnEvent } from "../model/event.ts";
import { flattenCore } from "../units/flatten.ts";
import { rebuildCore } from "../units/rebuild.ts";
import { joinEvent } from "./join.ts";
import { DEFAULT_PERSON_TARGET_TYPES, findPeople } from "./people.ts";
import { type SplitEvent, splitEvent } from "./split.ts";

const door = { nowMs: 1_772_600_767_089, defaultSource: "api", describeAction: () => undefined };
const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);

function accept(input: unknown): CairnEvent {
  return { id: "e1", ...acceptEvent(input, door).event };
}

function split(event: CairnEvent, personalPointers: readonly string[] = []): SplitEvent {
  const refs = new Map<string, string>();
  return splitEvent(event, findPeople(event, personTypes), {
    resolve: (person) => {
      const key = JSON.stringify(person.identifiers[0]);
      const ref = refs.get(key) ?? `sub_${refs.size}`;
      refs.set(key, ref);
      return ref;
    },
    monthRef: "sub_month",
    personalPointers,
  });
}

/** The event as it was, without the references that reading adds. */
function withoutRefs(event: CairnEvent): unknown {
  const { actor, targets } = event;
  const onBehalfOf = actor.on_behalf_of === undefined ? {} : { on_behalf_of: withoutRef(actor.on_behalf_of) };
  return {
    ...event,
    actor: { ...withoutRef(actor), ...onBehalfOf },
    ...(targets === undefined ? {} : { targets: targets.map(withoutRef) }),
  };
}

function withoutRef(person: object): object {
  return Object.fromEntries(Object.entries(person).filter(([name]) => name !== "ref"));
}

describe("splitEvent and joinEvent", () => {
  test("give the accepted event back, whatever is in it", () => {
    fc.assert(
      fc.property(
        arbitraryEventInput,
        fc.subarray(["/description", "/details", "/details/a", "/changes/0/before", "/outcome/reason"]),
        (input, pointers) => {
          const event = accept(input);
          const joined = joinEvent(split(event, pointers));
          expect(canonicalJson(withoutRefs(joined))).toBe(canonicalJson(event));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("leave no identifier of four or more characters in the text of the core", () => {
    fc.assert(
      fc.property(arbitraryEventInput, (input) => {
        const { id: _id, ...event } = accept(input);
        const people = findPeople(event, personTypes);
        const values = people.flatMap((person) => Object.values(person.fields)).filter((value) => value.length >= 4);
        const { core } = split({ id: "", ...event });
        const text = [core.description, core.details, core.changes, core.labels, core.outcome.reason].map(
          (part) => JSON.stringify(part) ?? "",
        );
        for (const value of values) {
          if (/^\W*sub_|[{}"\\]/.test(value)) continue; // a name that looks like a marker, or that JSON escapes
          for (const part of text) expect(part.replaceAll(/\{sub_\w+\}/g, "")).not.toContain(value);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("cut names inside text, whole members by key, and numbers", () => {
    const event = accept({
      action: "record.viewed",
      actor: { id: "4711", name: "Jane Doe", email: "jane@example.com" },
      description: "Jane Doe opened the calendar",
      details: { viewer: 4711, "jane@example.com": { seen: true }, note: "ask jane@example.com", list: [4711, 1] },
    });
    const { core, parts } = split(event);
    expect(core.description).toBe("{sub_0} opened the calendar");
    expect(core.details).toEqual({ note: "ask {sub_0}", list: [null, 1] });
    expect(core.actor).toEqual({ type: "user", ref: "sub_0" });
    expect(parts).toHaveLength(1);
    expect(parts[0]?.fields["/details/viewer"]).toBe(4711);
  });

  test("keep values of several people for all of them together", () => {
    const event = accept({
      action: "x",
      actor: { id: "u-1" },
      targets: [{ type: "patient", id: "p-1" }],
      details: { ssn: "078-05-1120" },
    });
    const { core, parts, joint } = split(event, ["/details/ssn"]);
    expect(core.details).toEqual({});
    expect(parts.map((part) => part.ref)).toEqual(["sub_0", "sub_1"]);
    expect(joint?.fields).toEqual({ "/details/ssn": "078-05-1120" });
  });

  test("give the address of an event without a person to the month", () => {
    const { core, parts } = split(
      accept({ action: "x", actor: { type: "service", id: "ci" }, context: { ip: "203.0.113.7", session_id: "s" } }),
    );
    expect(core.actor).toEqual({ type: "service", id: "ci" });
    expect(core.context).toEqual({ session_id: "s" });
    expect(parts).toEqual([{ ref: "sub_month", fields: { "/context/ip": "203.0.113.7" }, cuts: [] }]);
  });
});

describe("flattenCore and rebuildCore", () => {
  test("are inverse for every core", () => {
    fc.assert(
      fc.property(arbitraryEventInput, (input) => {
        const { core } = split(accept(input));
        const units: [string, string][] = [];
        flattenCore(core, (path, value) => units.push([path.pointer, canonicalJson(value)]));
        expect(new Set(units.map(([path]) => path)).size).toBe(units.length);
        expect(canonicalJson(rebuildCore(units))).toBe(canonicalJson(core));
      }),
      { numRuns: 2_000 },
    );
  });

  test("become coarser beyond 1,024 units", () => {
    const details = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [
        `k${i}`,
        Object.fromEntries(Array.from({ length: 50 }, (_, j) => [`m${j}`, j])),
      ]),
    );
    const paths: string[] = [];
    flattenCore(accept({ action: "x", details }), (path) => paths.push(path.pointer));
    expect(paths).toContain("/details/k0");
    expect(paths.length).toBeLessThan(1_024);
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]));
    const few: string[] = [];
    flattenCore(accept({ action: "x", details: wide }), (path) => few.push(path.pointer));
    expect(few).toContain("/details");
  });
});
