/** Joins conditions of which one must hold. */
export function anyOf(conditions: readonly string[]): string {
  const [only] = conditions;
  if (only === undefined) return "0";
  return conditions.length === 1 ? only : `(${conditions.join(" OR ")})`;
}

/** Joins conditions that must all hold; absent ones are left out. */
export function allOf(conditions: readonly (string | undefined)[]): string {
  const present = conditions.filter((condition) => condition !== undefined);
  const [only] = present;
  if (only === undefined) return "1";
  return present.length === 1 ? only : `(${present.join(" AND ")})`;
}
