import type { StoredEvent } from "@cairn/ledger";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type RangeReader, readBodies } from "./read-bodies.ts";

/** A log in which some bodies are gone: a range ends there, as the ledger's reader ends it. */
function logWith(bodies: ReadonlySet<string>): RangeReader & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    range(_tenantNo, ledger, { first, count }) {
      asked.push(`${ledger}/${first}`);
      const events: StoredEvent[] = [];
      for (let sequence = first; sequence < first + count; sequence++) {
        if (!bodies.has(`${ledger}/${sequence}`)) break;
        events.push({ ledger, sequence } as StoredEvent);
      }
      return events;
    },
  };
}

const place = fc.record({ ledger: fc.integer({ min: 1, max: 2 }), sequence: fc.integer({ min: 0, max: 120 }) });

test("gives every body that is there, in the order asked for, and reads no place twice", () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 60 }), fc.array(place, { maxLength: 40 }), (places, gone) => {
      const missing = new Set(gone.map(({ ledger, sequence }) => `${ledger}/${sequence}`));
      const bodies = new Set<string>();
      for (const ledger of [1, 2])
        for (let sequence = 0; sequence <= 120; sequence++)
          if (!missing.has(`${ledger}/${sequence}`)) bodies.add(`${ledger}/${sequence}`);
      const reader = logWith(bodies);
      const name = ({ ledger, sequence }: { ledger: number; sequence: number }) => `${ledger}/${sequence}`;
      const rows = readBodies(reader, { tenantNo: 1, places }, name);
      expect(rows).toEqual(places.map((each) => (bodies.has(name(each)) ? name(each) : undefined)));
      expect(new Set(reader.asked).size).toBe(reader.asked.length);
    }),
    { numRuns: 2_000 },
  );
});

test("reads neighbours together", () => {
  const reader = logWith(new Set(Array.from({ length: 100 }, (_, i) => `1/${i}`)));
  const places = [90, 3, 2, 10, 50, 1].map((sequence) => ({ ledger: 1, sequence }));
  readBodies(reader, { tenantNo: 1, places }, (event) => event.sequence);
  expect(reader.asked).toEqual(["1/1", "1/50", "1/90"]);
});
