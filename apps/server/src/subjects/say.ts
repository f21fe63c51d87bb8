import { randomUUIDv7 } from "node:crypto";
import { CairnError, type Identifier } from "@cairn/event";
import type { AccessChange, SubjectFact, SubjectStatement, Tenant } from "@cairn/ledger";
import { actorOf, contextOf } from "../access/actor.ts";
import type { Doer } from "../access/change-log.ts";
import type { NewOwnEvent } from "../access/own-log.ts";
import type { ServerContext } from "../context.ts";
import { identifierOf } from "./identifier.ts";

/** What somebody says about a person. */
export interface Saying {
  /** The person, where they are named by reference. */
  readonly ref?: string | undefined;
  /** All of one person; without a reference the first is there. */
  readonly identifiers: readonly Identifier[];
  readonly name?: string | undefined;
  /** Every group that the person is in. */
  readonly groups?: readonly string[] | undefined;
  /** Holds from then on, Unix milliseconds. */
  readonly fromMs: number;
}

/** What became of a saying. */
export type Heard =
  | { readonly status: "recorded" | "unchanged"; readonly ref: string }
  | { readonly status: "rejected"; readonly error: CairnError };

/** Statements about one person that are kept: more are no directory. */
export const MAX_FACTS = 1_000;

/**
 * Writes down what is said about people of a tenant, and records that it was said, without names, all in one transaction.
 * What is known already is not written again.
 */
export async function say(
  context: ServerContext,
  { principal, request }: Doer,
  { tenant, sayings }: { readonly tenant: Tenant; readonly sayings: readonly Saying[] },
): Promise<Heard[]> {
  const people = await resolve(context, tenant, sayings);
  const known = new Map<string, SubjectFact[]>();
  const said: SubjectFact[] = [];
  const events: NewOwnEvent[] = [];
  const heard = sayings.map((saying, i): Heard => {
    const person = people[i]!;
    if (person instanceof CairnError) return { status: "rejected", error: person };
    const { ref } = person;
    const facts = known.get(ref) ?? context.side.access.subjectFacts.of(tenant.no, ref);
    known.set(ref, facts);
    const news = statementsOf({ ...saying, identifiers: person.identifiers }, facts);
    if (news.length === 0) return { status: "unchanged", ref };
    if (facts.length + news.length > MAX_FACTS)
      return { status: "rejected", error: new CairnError("state_conflict", "too much was said about this person") };
    for (const statement of news) {
      const fact: SubjectFact = { id: "", tenantNo: tenant.no, ref, fromMs: saying.fromMs, statement };
      facts.push(fact);
      said.push(fact);
    }
    events.push({
      tenantNo: tenant.no,
      category: principal.kind === "key" ? "provisioning" : "people",
      event: {
        action: "subject.updated",
        actor: actorOf(principal, { tenantNo: tenant.no, operatorName: context.config.operatorName }),
        context: contextOf(request, principal),
        targets: [{ type: "subject", id: ref }],
        details: { said: [...new Set(news.map(({ kind }) => kind))], from: new Date(saying.fromMs).toISOString() },
      },
    });
    return { status: "recorded", ref };
  });
  if (said.length > 0) {
    await context.own.change(numbered(said), events);
    const refs = heard.flatMap((each) => (each.status === "recorded" ? [each.ref] : []));
    context.threads.index.tell("said", { tenantNo: tenant.no, refs });
  }
  return heard;
}

/** Ids grow in the order in which things were said: of two for one moment the later word counts. */
export function numbered(said: readonly SubjectFact[]): AccessChange[] {
  const ids = said.map(() => `fct_${randomUUIDv7()}`).toSorted();
  return said.map((fact, i) => ({ kind: "subject_fact", fact: { ...fact, id: ids[i]! } }));
}

interface Person {
  readonly ref: string;
  readonly identifiers: readonly Identifier[];
}

/** Finds or makes the people; an error in the place of each that cannot be one person. */
async function resolve(
  context: ServerContext,
  { no: tenantNo }: Tenant,
  sayings: readonly Saying[],
): Promise<(Person | CairnError)[]> {
  const wanted = sayings.map(({ identifiers }) => readIdentifiers(identifiers));
  const ownersOf = (identifiers: readonly Identifier[]) => findOwners(context, tenantNo, identifiers);
  const people = wanted.map((each, i) =>
    each instanceof CairnError || sayings[i]?.ref !== undefined || ownersOf(each).size > 1 ? [] : each,
  );
  const asked = people.filter((each) => each.length > 0);
  const refs =
    asked.length === 0 ? [] : (await context.threads.writer.call("resolvePeople", [{ tenantNo, people: asked }]))[0]!;
  let next = 0;
  const found: (Person | CairnError)[] = [];
  for (const [i, identifiers] of wanted.entries()) {
    const named = sayings[i]?.ref;
    if (identifiers instanceof CairnError) found.push(identifiers);
    else if (named !== undefined) found.push(await claim(context, tenantNo, { ref: named, identifiers }));
    else {
      const ref = people[i]!.length === 0 ? undefined : refs[next++];
      // Looked up again: events, or another line, may have known one of them as somebody else meanwhile.
      found.push(ref === undefined || ownersOf(identifiers).size > 1 ? twoPeople() : { ref, identifiers });
    }
  }
  return found;
}

/** Writes identifiers as events do; the error when one is none. */
export function readIdentifiers(identifiers: readonly Identifier[]): Identifier[] | CairnError {
  try {
    return identifiers.map(identifierOf);
  } catch (error) {
    if (error instanceof CairnError) return error;
    throw error;
  }
}

/** The people who own identifiers. */
export function findOwners(
  { side }: Pick<ServerContext, "side">,
  tenantNo: number,
  identifiers: readonly Identifier[],
): Set<string> {
  return new Set(identifiers.flatMap((each) => side.keyring.findSubject(tenantNo, each) ?? []));
}

/** Adds identifiers to somebody named by reference. */
async function claim(context: ServerContext, tenantNo: number, person: Person): Promise<Person | CairnError> {
  const { ref, identifiers } = person;
  if (!/^sub_[0-9a-z]+$/.test(ref) || context.side.keyring.subjectState(tenantNo, ref) !== "live")
    return new CairnError("not_found", "the log knows nobody by this reference");
  if (identifiers.length === 0) return person;
  const isTheirs = await context.threads.writer.call("addIdentifiers", { tenantNo, ref, identifiers });
  return isTheirs ? person : twoPeople();
}

/** Two people in the place of one. */
export function twoPeople(): CairnError {
  return new CairnError(
    "state_conflict",
    "the log knows these identifiers as different people already; PUT /v1/subjects/{ref}/same-as/{other} says that they are one",
  );
}

/** What of a saying is new at its time. */
export function statementsOf(
  { identifiers, name, groups, fromMs }: Saying,
  facts: readonly SubjectFact[],
): SubjectStatement[] {
  const before = facts.filter((fact) => fact.fromMs <= fromMs).toSorted((a, b) => a.fromMs - b.fromMs);
  const last = (kind: SubjectStatement["kind"]) =>
    before.findLast(({ statement }) => statement.kind === kind)?.statement;
  const saysAlready = (identifier: Identifier) =>
    facts.some(
      ({ statement: each }) =>
        each.kind === "identifier" && each.namespace === identifier.namespace && each.value === identifier.value,
    );
  const news: SubjectStatement[] = identifiers
    .filter((each) => !saysAlready(each))
    .map(({ namespace, value }) => ({ kind: "identifier", namespace, value }));
  const knownName = last("name");
  if (name !== undefined && !(knownName?.kind === "name" && knownName.name === name)) news.push({ kind: "name", name });
  const sorted = groups === undefined ? undefined : [...new Set(groups)].toSorted();
  const knownGroups = last("groups");
  const isSame = knownGroups?.kind === "groups" && JSON.stringify(knownGroups.groups) === JSON.stringify(sorted);
  if (sorted !== undefined && !isSame && !(sorted.length === 0 && knownGroups === undefined))
    news.push({ kind: "groups", groups: sorted });
  return news;
}
