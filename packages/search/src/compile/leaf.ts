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
  const ways = condition.alternatives.map(({ hint, test }) => ({
    hint,
    exact: `arrayExists((path, value) -> ${under} AND ${test("value")}, ${PATHS}, ${WORDS})`,
  }));
  if (condition.number !== undefined) {
    const bound = { value: condition.number, isInclusive: true };
    ways.push(numberWay(path, { low: bound, high: bound }, params));
  }
  const hints = ways.flatMap(({ hint }) => hint ?? []);
  if (hints.length < ways.length) return anyOf(ways.map(({ hint, exact }) => allOf([hint, exact])));
  // Each hint is true wherever its way is: taken together first, the indexes are asked once.
  return allOf([anyOf(hints), anyOf(ways.map(({ exact }) => exact))]);
}

/** Some number under a path lies in an interval. */
export function leafBetween(
  path: string,
  bounds: { low: NumberBound | undefined; high: NumberBound | undefined },
  params: Params,
): string {
  const { hint, exact } = numberWay(path, bounds, params);
  return allOf([hint, exact]);
}

/** Numbers alone are compared fast; only rows that hold a right one somewhere are looked at with their paths. */
function numberWay(
  path: string,
  bounds: { low: NumberBound | undefined; high: NumberBound | undefined },
  params: Params,
): { readonly hint: string; readonly exact: string } {
  const test = between("value", bounds, params);
  const one = onlyNumber(bounds);
  return {
    hint: one === undefined ? `arrayExists(value -> ${test}, ${NUMBERS})` : `has(${NUMBERS}, ${params.float(one)})`,
    exact: `arrayExists((path, value) -> ${isUnder(path, params)} AND ${test}, ${PATHS}, ${NUMBERS})`,
  };
}

/** The number that alone lies in an interval, where the filter over numbers can be asked for it: it tells the two zeros apart. */
function onlyNumber({
  low,
  high,
}: {
  low: NumberBound | undefined;
  high: NumberBound | undefined;
}): number | undefined {
  const isOne = low !== undefined && low.value === high?.value && low.isInclusive && high.isInclusive;
  return isOne && low.value !== 0 ? low.value : undefined;
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
