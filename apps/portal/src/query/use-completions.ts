import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { FacetValue } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { actorNames } from "../event/actor-names.ts";
import { plural } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import type { Bounds } from "../view/range.ts";
import {
  type Completion,
  completeField,
  completeValues,
  type Gap,
  gapAt,
  hasCountedValues,
  knownValues,
} from "./completion.ts";
import { pastQueries } from "./history.ts";

export interface CompletionList {
  readonly kind: "field" | "value" | "history";
  readonly options: readonly Completion[];
  /** What an accepted option takes the place of. */
  readonly from: number;
  readonly to: number;
}

const COUNTED_VALUES = 100;

/** What could be written at the cursor: fields, values that the model, the catalog or the log know, past queries. */
export function useCompletions(text: string, cursor: number, bounds: Bounds, isOpen: boolean): CompletionList {
  const gap = useMemo(() => gapAt(text, cursor), [text, cursor]);
  const counted = useCounted(gap, bounds, isOpen);
  return useMemo(() => {
    const place = { from: gap.from, to: gap.to };
    if (text.trim() === "") {
      const past = pastQueries().map((query) => ({ insert: query, label: query, detail: t.query.past }));
      const options = [...past.slice(0, 8), ...completeField("", describeField)];
      return { kind: "history", options, from: 0, to: text.length };
    }
    if (gap.kind === "field") return { kind: "field", options: completeField(gap.written, describeField), ...place };
    const known = knownValues(gap.field);
    const values =
      known === undefined ? counted : known.map((value) => ({ value, detail: t.query.moments[value] ?? "" }));
    return { kind: "value", options: completeValues(gap.written, values), ...place };
  }, [text, gap, counted]);
}

function describeField(name: string): string {
  return t.fields[name] ?? "";
}

/** The most frequent values of a field among what the rest of the query finds; all that the catalog declares, too. */
function useCounted(gap: Gap, bounds: Bounds, isOpen: boolean) {
  const api = useApi();
  const field = gap.kind === "value" && hasCountedValues(gap.field) ? gap.field : undefined;
  const name = gap.kind === "value" ? gap.name : "";
  const rest = gap.kind === "value" ? gap.rest : "";
  const isAsked = isOpen && field !== undefined;
  const facets = useQuery({
    queryKey: ["values", name, rest, bounds.fromMs, bounds.toMs],
    queryFn: ({ signal }) => api.facets({ query: rest, ...bounds, fields: [name], limit: COUNTED_VALUES }, signal),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    // What is being written may not be a query yet; then there are no counts, and nothing is lost.
    retry: false,
  });
  const catalog = useQuery({
    queryKey: ["actions"],
    queryFn: ({ signal }) => api.actions(signal),
    enabled: isAsked && field === "action",
  });
  const values = isAsked ? (facets.data?.facets[name] ?? NONE) : NONE;
  return useMemo(() => {
    const people = actorNames(field === "actor" ? values : NONE);
    const seen = values.map((each) => {
      const detail = plural(each.count, t.list.events);
      const person = people.get(each.value);
      if (each.ref !== undefined && person === undefined) return undefined;
      return {
        value: each.value,
        detail,
        ...(person === undefined ? {} : { label: person.name, insert: person.value }),
      };
    });
    const known = new Set(values.map(({ value }) => value));
    const declared = field === "action" ? [...(catalog.data?.actions ?? []), ...(catalog.data?.new ?? [])] : [];
    const others = declared.filter(({ action }) => !known.has(action));
    return [
      ...seen.filter((each) => each !== undefined),
      ...others.map(({ action }) => ({ value: action, detail: t.query.inCatalog })),
    ];
  }, [values, catalog.data, field]);
}

const NONE: readonly FacetValue[] = [];
