import type { NumberBound } from "@cairn/event";
import type { Params } from "./params.ts";
import { allOf, anyOf } from "./sql.ts";
import type { Alternative } from "./words.ts";

const PATHS = "`leaf.path`";
const WORDS = "`leaf.words`";
const NUMBERS = "`leaf.number`";

/** A condition that the path of a leaf is a path or beneath it. */
function isUnder(path: string, params: Params): string {
  return `(path = ${params.string(path)} OR startsWith(path, ${params.string(`${path}.`)}))`;
}

/** Some value under a path exists. */
export function leafExists(path: string, params: Params): string {
  return `arrayExists(path -> ${isUnder(path, params)}, ${PATHS})`;
}

/** Some value under a path matches words in one of several ways, or is a number. */
export function leafMatches(
  path: string,
  condition: { alternatives: readonly Alternative[]; number: number | undefined },
  params: Params,
): string {
  const under = isUnder(path, params);
  const ways = condition.alternatives.map(({ hint, test }) =>
    allOf([hint, `arrayExists((path, value) -> ${under} AND ${test("value")}, ${PATHS}, ${WORDS})`]),
  );
  if (condition.number !== undefined) {
    const bound = { value: condition.number, isInclusive: true };
    ways.push(leafBetween(path, { low: bound, high: bound }, params));
  }
  return anyOf(ways);
}

/** Some number under a path lies in an interval. */
export function leafBetween(
  path: string,
  bounds: { low: NumberBound | undefined; high: NumberBound | undefined },
  params: Params,
): string {
  const test = between("value", bounds, params);
  const { low, high } = bounds;
  // The filter tells the two zeros apart, which are equal.
  const isOne =
    low !== undefined && low.value === high?.value && low.isInclusive && high.isInclusive && low.value !== 0;
  // Numbers alone are compared fast; only rows that hold a right one somewhere are looked at with their paths.
  return allOf([
    isOne ? `has(${NUMBERS}, ${params.float(low.value)})` : `arrayExists(value -> ${test}, ${NUMBERS})`,
    `arrayExists((path, value) -> ${isUnder(path, params)} AND ${test}, ${PATHS}, ${NUMBERS})`,
  ]);
}

/** An expression lies in an interval; NaN lies in none, an interval without ends holds every number. */
export function between(
  expression: string,
  { low, high }: { low: NumberBound | undefined; high: NumberBound | undefined },
  params: Params,
): string {
  return allOf([
    low === undefined && high === undefined ? `NOT isNaN(${expression})` : undefined,
    low === undefined ? undefined : `${expression} ${low.isInclusive ? ">=" : ">"} ${params.float(low.value)}`,
    high === undefined ? undefined : `${expression} ${high.isInclusive ? "<=" : "<"} ${params.float(high.value)}`,
  ]);
}
