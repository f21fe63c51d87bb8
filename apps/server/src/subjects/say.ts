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
  /** All of one person; the first is there. */
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
const MAX_FACTS = 1_000;

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
function numbered(said: readonly SubjectFact[]): AccessChange[] {
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
  const { keyring } = context.side;
  const wanted = sayings.map(({ identifiers }) => {
    try {
      return identifiers.map(identifierOf);
    } catch (error) {
      if (error instanceof CairnError) return error;
      throw error;
    }
  });
  const ownersOf = (identifiers: readonly Identifier[]) =>
    new Set(identifiers.flatMap((each) => keyring.findSubject(tenantNo, each) ?? []));
  const people = wanted.map((each) => (each instanceof CairnError || ownersOf(each).size > 1 ? [] : each));
  const asked = people.filter((each) => each.length > 0);
  const refs =
    asked.length === 0 ? [] : (await context.threads.writer.call("resolvePeople", [{ tenantNo, people: asked }]))[0]!;
  let next = 0;
  return wanted.map((identifiers, i) => {
    if (identifiers instanceof CairnError) return identifiers;
    const ref = people[i]!.length === 0 ? undefined : refs[next++];
    // Looked up again: events, or another line, may have known one of them as somebody else meanwhile.
    if (ref === undefined || ownersOf(identifiers).size > 1) return twoPeople();
    return { ref, identifiers };
  });
}

function twoPeople(): CairnError {
  return new CairnError(
    "state_conflict",
    "the log knows these identifiers as different people already, and two people cannot be made one yet",
  );
}

/** What of a saying is new at its time. */
function statementsOf(
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
