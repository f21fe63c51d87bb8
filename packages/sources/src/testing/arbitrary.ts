import fc from "fast-check";
import type { JsonObject } from "../core/json-values.ts";

/** Members that JavaScript looks for on objects of its own. */
const treacherous = fc.constantFrom({ toString: "x", valueOf: 1 }, { constructor: { name: 1 } }, { length: 3 });

/** Any JSON, with texts and numbers of all kinds. */
export const anyJson = fc.oneof(
  { arbitrary: fc.jsonValue({ maxDepth: 4 }), weight: 9 },
  { arbitrary: treacherous, weight: 1 },
);

/** An object with the keys of a sample, some of them missing and some with values of any kind. */
export function damaged(sample: JsonObject): fc.Arbitrary<JsonObject> {
  const keys = Object.keys(sample);
  return fc
    .record({
      dropped: fc.subarray(keys),
      wrong: fc.dictionary(fc.constantFrom(...keys), anyJson, { maxKeys: 6 }),
      more: fc.dictionary(fc.string(), anyJson, { maxKeys: 3 }),
    })
    .map(({ dropped, wrong, more }) => {
      const rest = Object.fromEntries(Object.entries(sample).filter(([key]) => !dropped.includes(key)));
      return { ...rest, ...wrong, ...more } as JsonObject;
    });
}
