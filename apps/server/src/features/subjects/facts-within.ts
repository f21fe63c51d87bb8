import type { RecordedEvent } from "@cairn/event";
import { type KnownFact, newestEventsOf } from "@cairn/search";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import { scopeOf } from "../search/scope.ts";

/** Events of each person that are read: a person is called much the same from one to the next. */
const EVENTS_EACH = 5;

/**
 * What events within the reader's wall say of people, oldest first: the index knows what all events say, and not which of
 * them said it. People whom none of the newest within names are left out.
 */
export async function factsWithin(
  context: ServerContext,
  entered: Entered,
  refs: readonly string[],
): Promise<ReadonlyMap<string, readonly KnownFact[]>> {
  const scope = scopeOf(context, entered, {}, Date.now());
  const newest = await newestEventsOf(context.search.index(), { scope, refs, limit: EVENTS_EACH });
  const places = new Map([...newest.values()].flat().map((place) => [`${place.ledger}/${place.sequence}`, place]));
  const events = await context.threads.reader.call("events", {
    tenantNo: scope.tenantNo,
    places: [...places.values()],
  });
  const facts = new Map<string, Map<string, KnownFact>>(refs.map((ref) => [ref, new Map()]));
  const oldestFirst = events
    .flatMap((event) => (event === undefined ? [] : [{ event, atMs: Date.parse(event.occurred_at) }]))
    .toSorted((a, b) => a.atMs - b.atMs);
  for (const { event, atMs } of oldestFirst) {
    for (const { ref, kind, value } of saidBy(event)) {
      const known = facts.get(ref);
      const key = `${kind} ${value}`;
      known?.set(key, { kind, value, firstMs: known.get(key)?.firstMs ?? atMs, seenMs: atMs });
    }
  }
  return new Map([...facts].map(([ref, known]) => [ref, [...known.values()]]));
}

interface Said extends Pick<KnownFact, "kind" | "value"> {
  readonly ref: string;
}

/** Who may be a person, in whatever role. */
type Party = Readonly<Partial<Record<"ref" | (typeof KINDS)[number], string>>>;

const KINDS = ["id", "name", "email"] as const;

function saidBy({ actor, targets = [] }: RecordedEvent): Said[] {
  const parties: readonly Party[] = [
    actor,
    ...(actor.on_behalf_of === undefined ? [] : [actor.on_behalf_of]),
    ...targets,
  ];
  return parties.flatMap((party) => {
    const { ref } = party;
    if (ref === undefined) return [];
    return KINDS.flatMap((kind) => (party[kind] === undefined ? [] : [{ ref, kind, value: party[kind] }]));
  });
}
