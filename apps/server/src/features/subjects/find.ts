import { CairnError, fold, parseQuery, quoteValue } from "@cairn/event";
import { eventSpan, listSubjects, type SearchScope, type SubjectPlace, subjectFacts } from "@cairn/search";
import type { SealedToken } from "../../access/sealed-token.ts";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import { scopeOf } from "../search/scope.ts";
import { factsWithin } from "./facts-within.ts";
import { type Known, nameNow, presentLine, presentSubject } from "./present.ts";
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
  const { no: tenantNo } = entered.tenant;
  const { limit = DEFAULT_LIMIT, q, cursor } = ask;
  const nowMs = Date.now();
  const after = cursor === undefined ? undefined : placeOf(cursors.read(cursor, nowMs), tenantNo);
  const find = entered.principal.wall === undefined ? findAnybody : findWithin;
  const { known, last } = await find(context, entered, { text: q, after, limit });
  return {
    subjects: known.map(presentLine),
    next: last === undefined ? null : cursors.write([tenantNo, last.label, last.ref], nowMs + CURSOR_MS),
  };
}

interface FindPeople {
  readonly text: string | undefined;
  readonly after: SubjectPlace | undefined;
  readonly limit: number;
}

interface FoundPeople {
  readonly known: readonly Known[];
  /** Where the page ends, when there are more. */
  readonly last: SubjectPlace | undefined;
}

async function findAnybody(context: ServerContext, { tenant }: Entered, ask: FindPeople): Promise<FoundPeople> {
  const { limit } = ask;
  const found = await listSubjects(context.search.index(), { ...ask, tenantNo: tenant.no, limit: limit + 1 });
  const page = found.slice(0, limit);
  return { known: await knownOf(context, tenant.no, page), last: found.length > limit ? page.at(-1) : undefined };
}

/** Rounds of a search that finds people by what is not shown of them: more are no search that somebody means. */
const MAX_ROUNDS = 100;

/**
 * People of events within a wall. The index finds them by all that is known of them, of which only what stands within
 * counts. Pages go by reference: by a name, their order would tell how somebody is called beyond.
 */
async function findWithin(context: ServerContext, entered: Entered, ask: FindPeople): Promise<FoundPeople> {
  const { text = "", limit } = ask;
  const within = scopeOf(context, entered, {}, Date.now());
  const found: Known[] = [];
  let { after } = ask;
  for (let round = 0; round < MAX_ROUNDS && found.length <= limit; round++) {
    const batch = await listSubjects(context.search.index(), {
      ...{ tenantNo: entered.tenant.no, text, within, order: "ref" },
      ...{ after, limit: limit + 1 },
    });
    const known = await knownWithin(context, entered, batch);
    found.push(...known.filter((each) => isCalled(each, text)));
    after = batch.at(-1);
    if (batch.length <= limit) break;
  }
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    known: page.toSorted((a, b) => labelOf(a).localeCompare(labelOf(b), "en")),
    last: last && { label: "", ref: last.ref },
  };
}

/** By what people are sorted: their name, else an address or identifier. */
function labelOf(known: Known): string {
  return fold(nameNow(known) ?? known.facts[0]?.value ?? known.ref);
}

/** Tells whether a text is part of what somebody is called or known by, or the beginning of their reference. */
function isCalled(known: Known, text: string): boolean {
  if (text.trim() === "") return true;
  const wanted = fold(text);
  const said = known.said.flatMap(({ statement }) => (statement.kind === "identifier" ? [statement.value] : []));
  const texts = [nameNow(known) ?? "", ...known.facts.map(({ value }) => value), ...said];
  return known.ref.startsWith(text.trim()) || texts.some((each) => fold(each).includes(wanted));
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
  const refs = liveOf(context, tenantNo, people);
  const facts = await subjectFacts(context.search.index(), { tenantNo, refs });
  return refs.map((ref) => ({
    ref,
    facts: facts.get(ref) ?? [],
    said: context.side.access.subjectFacts.of(tenantNo, ref),
    sameAs: context.side.access.subjectFacts.sameAs(tenantNo, ref),
  }));
}

/** What may be known of people behind a wall: what events within say, and the directory. The others may be beyond it. */
async function knownWithin(
  context: ServerContext,
  entered: Entered,
  people: readonly { readonly ref: string }[],
): Promise<Known[]> {
  const { no: tenantNo } = entered.tenant;
  const refs = liveOf(context, tenantNo, people);
  const facts = await factsWithin(context, entered, refs);
  return refs.map((ref) => ({
    ref,
    facts: facts.get(ref) ?? [],
    said: context.side.access.subjectFacts.of(tenantNo, ref),
    sameAs: [],
  }));
}

/** Whose key is gone is forgotten, whatever the index has not let go of yet. */
function liveOf(
  { side }: ServerContext,
  tenantNo: number,
  people: readonly { readonly ref: string }[],
): readonly string[] {
  return people.flatMap(({ ref }) => (side.keyring.subjectState(tenantNo, ref) === "live" ? [ref] : []));
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
  const read = (people: readonly { readonly ref: string }[]) =>
    isWhole ? knownOf(context, tenant.no, people) : knownWithin(context, entered, people);
  const [[known = { ref, facts: [], said: [], sameAs: [] }], events] = await Promise.all([
    read([{ ref }]),
    eventSpan(context.search.index(), scope),
  ]);
  if (!isWhole && events.count === 0) throw noSubject();
  const sameAs = state === "live" ? context.side.access.subjectFacts.sameAs(tenant.no, ref) : [];
  const others = await read(await withinSight(context, entered, sameAs));
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
