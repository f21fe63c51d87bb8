/** Between the values of a cell that has several. */
const SEPARATOR = "; ";

/** Writes a value as the text of a cell: nothing for what is absent, lists joined, objects as JSON. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    return value
      .map(cellText)
      .filter((text) => text !== "")
      .join(SEPARATOR);
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Finds what stands under a path; through a list by index, or in each of its members. */
export function valueUnder(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(name)) return value.map((each) => valueUnder(each, path));
  return Object.hasOwn(value, name) ? valueUnder((value as Record<string, unknown>)[name], rest) : undefined;
}
