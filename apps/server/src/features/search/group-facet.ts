import { fold } from "@cairn/event";
import { countSaidGroups, type FacetValue, facets, SEARCH_LIMITS, type SearchScope } from "@cairn/search";
import type { ServerContext } from "../../context.ts";
import type { GroupTime } from "../../subjects/group-times.ts";

/** The field that conditions on groups ask for. */
export const GROUPS_FIELD = "actor.groups";
/** Statements that go along with the question, some hundred to each statement of the engine. */
const MAX_SAID = 10_000;
/** Text of the groups of one person over time: what is said of one person goes along in one piece. */
const MAX_PERSON_CHARS = 50_000;

/** Answers for lists of statements that were looked at before. */
const judged = new WeakMap<readonly GroupTime[], boolean>();

/** Tells whether groups of people have to be counted by the directory, too, and can be. */
export function hasSaidGroups(context: ServerContext, tenantNo: number): boolean {
  const said = context.groups.timesOf(tenantNo);
  const known = judged.get(said) ?? canBeAsked(said);
  judged.set(said, known);
  return known;
}

function canBeAsked(said: readonly GroupTime[]): boolean {
  if (said.length === 0 || said.length > MAX_SAID) return false;
  const chars = new Map<string, number>();
  for (const { ref, groups } of said) {
    const more = groups.reduce((sum, name) => sum + name.length + 1, 50);
    chars.set(ref, (chars.get(ref) ?? 0) + more);
  }
  return Math.max(...chars.values()) <= MAX_PERSON_CHARS;
}

/**
 * Counts groups as conditions on them find events: those in the event, and where it has none those that the directory
 * gives its actor at that time.
 */
export async function countGroups(
  context: ServerContext,
  scope: SearchScope,
  { limit }: { readonly limit: number },
): Promise<FacetValue[]> {
  const index = context.search.index();
  const [named, said] = await Promise.all([
    // As many as there can be: the most frequent of both kinds together may be neither's.
    facets(index, { ...scope, fields: [GROUPS_FIELD], limit: SEARCH_LIMITS.facetValues }),
    countSaidGroups(index, scope, context.groups.timesOf(scope.tenantNo)),
  ]);
  // Conditions do not tell cases apart, so neither does a count.
  const counts = new Map((named.get(GROUPS_FIELD) ?? []).map((each) => [fold(each.value), each]));
  for (const [value, count] of said) {
    const known = counts.get(fold(value));
    counts.set(fold(value), known === undefined ? { value, count } : { ...known, count: known.count + count });
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count).slice(0, limit);
}
