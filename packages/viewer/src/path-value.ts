/** A field of an event with its path, as a detail lists it. */
export interface PathField {
  /** `context.client.kind`, `targets.1.id` */
  readonly path: string;
  readonly text: string;
}

/** The value at a path of an event, as text; empty where there is none. */
export function pathValue(event: object, path: string): string {
  let value: unknown = event;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return "";
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return textOf(value);
}

/** Every field of an event that has a value, in its order. Lists of plain values are one field. */
export function pathFields(event: object): readonly PathField[] {
  const fields: PathField[] = [];
  const walk = (value: unknown, path: readonly string[]) => {
    const isNested = typeof value === "object" && value !== null;
    const isPlainList = Array.isArray(value) && value.every((each) => typeof each !== "object");
    if (!isNested || isPlainList) fields.push({ path: path.join("."), text: textOf(value) });
    else for (const [key, member] of Object.entries(value)) walk(member, [...path, key]);
  };
  walk(event, []);
  return fields;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
