const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that is written in the one way `JSON.stringify` writes it, so that no two readers can see different things
 * in it: no repeated keys, no other spelling of anything. Undefined for everything else.
 */
export function parsePlainJson(bytes: Uint8Array): unknown {
  try {
    const text = decoder.decode(bytes);
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether a JSON value is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tells whether an object has these members and no others. */
export function hasExactly(value: Readonly<Record<string, unknown>>, members: readonly string[]): boolean {
  return Object.keys(value).length === members.length && members.every((member) => Object.hasOwn(value, member));
}

/** Tells whether a JSON value is a count: a whole number from 0 to 2^53 - 1. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}
