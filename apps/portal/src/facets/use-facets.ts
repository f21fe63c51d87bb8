import { keepPreviousData, useQueries } from "@tanstack/react-query";
import type { FacetValue } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import type { Scope } from "../api/client.ts";
import { actorNames, type KnownActor } from "../event/actor-names.ts";
import { useCategoryNames } from "../event/use-category-names.ts";
import { withoutField } from "../query/terms.ts";

/** Fields whose values are counted beside the list, in the order in which they stand. */
export const FACET_FIELDS = [
  "category",
  "actor.groups",
  "action",
  "outcome",
  "actor",
  "target.type",
  "source",
  "location",
  "client.kind",
  "ip",
] as const;
export type FacetField = (typeof FACET_FIELDS)[number];

const VALUES = 8;

export interface Facets {
  readonly facets: ReadonlyMap<FacetField, readonly FacetValue[]>;
  readonly names: ReadonlyMap<string, KnownActor>;
  readonly categories: ReadonlyMap<string, string>;
  readonly isFailed: boolean;
}

/**
 * Counts values under the query. A field that the query chooses values of is counted without them, so that others can be
 * chosen besides. Until it is their turn to be counted, the values of before stay.
 */
export function useFacets(
  scope: Scope,
  fields: readonly FacetField[],
  { isCounted }: { readonly isCounted: boolean },
): Facets {
  const api = useApi();
  const { query, fromMs, toMs } = scope;
  const asks = new Map<string, FacetField[]>();
  for (const field of fields) {
    const rest = withoutField(query, field);
    asks.set(rest, [...(asks.get(rest) ?? []), field]);
  }
  const answers = useQueries({
    queries: [...asks].map(([rest, own]) => ({
      queryKey: ["facets", rest, fromMs, toMs, own],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.facets({ query: rest, fromMs, toMs, fields: own, limit: VALUES }, signal),
      placeholderData: keepPreviousData,
      enabled: isCounted,
    })),
  });
  const categories = useCategoryNames();
  const facets = new Map<FacetField, readonly FacetValue[]>();
  for (const { data } of answers) {
    for (const field of fields) {
      const values = data?.facets[field];
      if (values !== undefined) facets.set(field, values);
    }
  }
  const names = actorNames(facets.get("actor") ?? NONE);
  return { facets, names, categories, isFailed: answers.some(({ isError }) => isError) };
}

const NONE: readonly FacetValue[] = [];
