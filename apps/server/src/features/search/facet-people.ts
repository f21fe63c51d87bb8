import { type FacetValue, subjectFacts } from "@cairn/search";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import { factsWithin } from "../subjects/facts-within.ts";
import { nameNow } from "../subjects/present.ts";

/** A counted value; of a person with what they are called now, and by what their events know them. */
export interface NamedValue extends FacetValue {
  readonly name?: string;
  readonly id?: string;
  readonly email?: string;
}

/**
 * Says of counted people who they are, so that nobody has to search for each of them to know: that would stand in the log as
 * if somebody had looked them up. Whoever is forgotten stays a reference. Behind a wall they are called as events within do.
 */
export async function nameFacets(
  context: ServerContext,
  entered: Entered,
  counted: ReadonlyMap<string, readonly FacetValue[]>,
): Promise<Record<string, readonly NamedValue[]>> {
  const { keyring, access } = context.side;
  const { no: tenantNo } = entered.tenant;
  const all = [...counted.values()].flatMap((values) => values.flatMap(({ ref }) => (ref === undefined ? [] : [ref])));
  // Whose key is gone is forgotten, whatever the index has not let go of yet.
  const refs = [...new Set(all)].filter((ref) => keyring.subjectState(tenantNo, ref) === "live");
  const facts =
    entered.principal.wall === undefined
      ? await subjectFacts(context.search.index(), { tenantNo, refs })
      : await factsWithin(context, entered, refs);
  const people = new Map(
    refs.map((ref) => {
      const heard = facts.get(ref) ?? [];
      const newest = (kind: (typeof heard)[number]["kind"]) =>
        heard.filter((each) => each.kind === kind).toSorted((a, b) => b.seenMs - a.seenMs)[0]?.value;
      const name = nameNow({ ref, facts: heard, said: access.subjectFacts.of(tenantNo, ref), sameAs: [] });
      return [ref, compact({ name: name ?? undefined, id: newest("id"), email: newest("email") })] as const;
    }),
  );
  const named = (value: FacetValue) => (value.ref === undefined ? value : { ...value, ...people.get(value.ref) });
  return Object.fromEntries([...counted].map(([field, values]) => [field, values.map(named)]));
}

function compact(
  texts: Readonly<Record<"name" | "id" | "email", string | undefined>>,
): Omit<NamedValue, "value" | "count"> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}
