import { hash } from "node:crypto";
import { canonicalJson } from "@cairn/event";
import type { JsonObject } from "../files/json-values.ts";

/** Gives events without an id one that their content determines. */
export type IdDeriver = (event: JsonObject) => string;

/**
 * Makes a deriver for one file: `sha256:` and the digest of the record's RFC 8785 bytes, a newline, and in decimal how many
 * equal records came before it. Importing the file again gives the same ids, and so nothing new; two equal lines remain
 * two events. The server replaces such an id by a keyed digest of it.
 */
export function createIdDeriver(): IdDeriver {
  const seen = createDigestCounter();
  return (event) => {
    const record = canonicalJson(event);
    const ordinal = seen(hash("sha256", record, "buffer"));
    return `sha256:${hash("sha256", `${record}\n${ordinal}`)}`;
  };
}

const INITIAL_SLOTS = 1 << 12;

/**
 * Counts digests by their first 52 bits: 16 bytes a record in memory. Two records that share them are counted as equal,
 * which costs nothing: an ordinal only has to be the same each time, and another one for each equal record.
 */
function createDigestCounter(): (digest: Buffer) => number {
  let slots = new Float64Array(INITIAL_SLOTS).fill(-1);
  let used = 0;
  const repeats = new Map<number, number>();

  function find(table: Float64Array, key: number): number {
    let at = key % table.length;
    while (table[at] !== -1 && table[at] !== key) at = (at + 1) % table.length;
    return at;
  }

  function grow(): void {
    const larger = new Float64Array(slots.length * 2).fill(-1);
    for (const key of slots) if (key !== -1) larger[find(larger, key)] = key;
    slots = larger;
  }

  return (digest) => {
    const key = digest.readUIntBE(0, 6) * 16 + ((digest[6] ?? 0) >> 4);
    const at = find(slots, key);
    if (slots[at] === key) {
      const ordinal = (repeats.get(key) ?? 0) + 1;
      repeats.set(key, ordinal);
      return ordinal;
    }
    slots[at] = key;
    if (++used * 2 > slots.length) grow();
    return 0;
  };
}
