import { CairnError, parseQuery, quoteValue } from "@cairn/event";
import { eventSpan, listSubjects, type SearchScope, type SubjectPlace, subjectFacts } from "@cairn/search";
import type { SealedToken } from "../../access/sealed-token.ts";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import { scopeOf } from "../search/scope.ts";
import { type Known, presentLine, presentSubject } from "./present.ts";
import type { List } from "./schema.ts";

const DEFAULT_LIMIT = 50;
/** Longer than anybody turns pages. */
const CURSOR_MS = 86_400_000;

/** Cursors of the list. They are sealed: a name stands in them. */
export type SubjectCursors = SealedToken<readonly [tenantNo: number, label: string, ref: string]>;

/** A page of people; behind a wall only those of events within. */
export async function findSubjects(
  context: ServerContext,
  entered: Entered,
  { ask, cursors }: { readonly ask: List; readonly cursors: SubjectCursors },
) {
  const { tenant, principal } = entered;
  const index = context.search.index();
  const nowMs = Date.now();
  const { limit = DEFAULT_LIMIT, q } = ask;
  const after = ask.cursor === undefined ? undefined : placeOf(cursors.read(ask.cursor, nowMs), tenant.no);
  const within = principal.wall === undefined ? undefined : scopeOf(context, entered, {}, nowMs);
  const found = await listSubjects(index, { tenantNo: tenant.no, text: q, within, after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const known = await knownOf(context, tenant.no, page);
  return {
    // Behind a wall the others may be beyond it.
    subjects: known.map((each) => presentLine(within === undefined ? each : { ...each, sameAs: [] })),
    next: last === undefined ? null : cursors.write([tenant.no, last.label, last.ref], nowMs + CURSOR_MS),
  };
}

function placeOf(read: readonly [number, string, string] | undefined, tenantNo: number): SubjectPlace {
  if (read === undefined || read[0] !== tenantNo)
    throw new CairnError("cursor_invalid", "the cursor was not made by this server, or is too old");
  return { label: read[1], ref: read[2] };
}

async function knownOf(
  context: ServerContext,
  tenantNo: number,
  people: readonly { readonly ref: string }[],
): Promise<Known[]> {
  // Whose key is gone is forgotten, whatever the index has not let go of yet.
  const refs = people.flatMap(({ ref }) => (context.side.keyring.subjectState(tenantNo, ref) === "live" ? [ref] : []));
  const facts = await subjectFacts(context.search.index(), { tenantNo, refs });
  return refs.map((ref) => ({
    ref,
    facts: facts.get(ref) ?? [],
    said: context.side.access.subjectFacts.of(tenantNo, ref),
    sameAs: context.side.access.subjectFacts.sameAs(tenantNo, ref),
  }));
}

/**
 * One person; behind a wall only one of events within.
 * @throws CairnError not_found
 */
export async function findSubject(context: ServerContext, entered: Entered, ref: string): Promise<object> {
  const { tenant, principal } = entered;
  const { keyring } = context.side;
  const isWhole = principal.wall === undefined;
  const state = /^sub_[0-9a-z]+$/.test(ref) ? keyring.subjectState(tenant.no, ref) : "missing";
  if (state === "missing") throw noSubject();
  const scope: SearchScope = scopeOf(context, entered, { q: refQuery(ref) }, Date.now());
  const [[known = { ref, facts: [], said: [], sameAs: [] }], events] = await Promise.all([
    knownOf(context, tenant.no, [{ ref }]),
    eventSpan(context.search.index(), scope),
  ]);
  if (!isWhole && events.count === 0) throw noSubject();
  const others = await knownOf(context, tenant.no, await withinSight(context, entered, known.sameAs));
  return presentSubject(known, { events, isForgotten: state === "erased", isWhole, others });
}

/** Those of some references that the reader may know of: behind a wall, of whom an event within speaks. */
async function withinSight(
  context: ServerContext,
  entered: Entered,
  refs: readonly string[],
): Promise<{ readonly ref: string }[]> {
  const people = refs.map((ref) => ({ ref }));
  if (entered.principal.wall === undefined) return people;
  const seen = await Promise.all(
    refs.map((ref) => eventSpan(context.search.index(), scopeOf(context, entered, { q: refQuery(ref) }, Date.now()))),
  );
  return people.filter((_person, i) => (seen[i]?.count ?? 0) > 0);
}

/** The query that means one person. */
export function refQuery(ref: string): string {
  // Parsed by itself first: nothing of a reference becomes part of the language.
  const q = `subject.ref:${quoteValue(ref)}`;
  parseQuery(q, { nowMs: 0 });
  return q;
}

function noSubject(): CairnError {
  return new CairnError("not_found", "the log knows nobody by this reference");
}
