import type { EventActor } from "@cairn/event";
import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { FacetValue } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { actorTerm, writeTerm } from "./filter-term.ts";
import { actorName } from "./names.ts";

/** What people call somebody, and the condition that finds them. */
export interface KnownActor {
  readonly name: string;
  /** `actor.id:u-17` */
  readonly term: string;
  /** A value of the field `actor`. */
  readonly value: string;
}

/** More would ask the server too much at once; the others keep their references. */
const MAX_ASKED = 25;

/**
 * Names of the people that the index knows by reference only: each is read from their newest event. Once read, a name is
 * kept as long as the page is open.
 */
export function useActorNames(values: readonly FacetValue[]): ReadonlyMap<string, KnownActor> {
  const api = useApi();
  const refs = useMemo(() => {
    const all = values.flatMap(({ ref }) => (ref === undefined ? [] : [ref]));
    return [...new Set(all)].slice(0, MAX_ASKED);
  }, [values]);
  const combine = useCallback(
    (answers: readonly { readonly data: EventActor | null | undefined }[]) => namesOf(refs, answers),
    [refs],
  );
  return useQueries({
    queries: refs.map((ref) => ({
      queryKey: ["actor", ref],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = writeTerm("actor.ref", ref);
        const { events } = await api.search({ query, fromMs: undefined, toMs: undefined, limit: 1 }, signal);
        return events[0]?.actor ?? null;
      },
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine,
  });
}

function namesOf(
  refs: readonly string[],
  answers: readonly { readonly data: EventActor | null | undefined }[],
): ReadonlyMap<string, KnownActor> {
  const known = new Map<string, KnownActor>();
  for (const [i, { data }] of answers.entries()) {
    const ref = refs[i];
    if (ref === undefined || data === undefined || data === null) continue;
    const hasName = data.id !== undefined || data.email !== undefined || data.name !== undefined;
    const term = actorTerm(data);
    known.set(ref, { name: actorName(data), term, value: hasName ? term.slice(term.indexOf(":") + 1) : ref });
  }
  return known;
}
