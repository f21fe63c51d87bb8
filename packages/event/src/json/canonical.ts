/**
 * Encodes a JSON value by RFC 8785 (JCS): keys sorted by UTF-16 code units, ECMAScript numbers and string escapes.
 * The value must have passed the door: finite numbers, whole ones within ±(2^53-1), well-formed strings.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return value === 0 ? "0" : String(value); // JCS writes -0 as 0
    case "boolean":
      return value ? "true" : "false";
    default:
      if (value === null) return "null";
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>);
  }
}

function canonicalArray(values: readonly unknown[]): string {
  let out = "[";
  for (let i = 0; i < values.length; i++) out += (i === 0 ? "" : ",") + canonicalJson(values[i]);
  return `${out}]`;
}

function canonicalObject(value: Record<string, unknown>): string {
  const keys = Object.keys(value);
  if (keys.length > 1) keys.sort();
  let out = "{";
  for (const key of keys) {
    const member = value[key];
    if (member === undefined) continue;
    out += `${out.length === 1 ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `${out}}`;
}
