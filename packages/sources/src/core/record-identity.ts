import { hash } from "node:crypto";
import { canonicalJson, type Json } from "@cairn/event";

/** Tells how many equal records came before one, by its digest. */
export type EqualsCounter = (digest: string) => number;

/** Makes a counter for one delivery: one file, one request. */
export function createEqualsCounter(): EqualsCounter {
  const seen = new Map<string, number>();
  return (digest) => {
    const ordinal = seen.get(digest) ?? 0;
    seen.set(digest, ordinal + 1);
    return ordinal;
  };
}

/**
 * Derives the identity of a record that has none of its own: `sha256:` and the digest of its RFC 8785 bytes, a newline, and
 * in decimal how many equal records came before it in its delivery. The same delivery again gives the same ids.
 */
export function deriveIdentity(record: Json, countEquals: EqualsCounter | undefined): string {
  const bytes = canonicalJson(record);
  const first = hash("sha256", `${bytes}\n0`);
  const ordinal = countEquals === undefined ? 0 : countEquals(first);
  return `sha256:${ordinal === 0 ? first : hash("sha256", `${bytes}\n${ordinal}`)}`;
}
