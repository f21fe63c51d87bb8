import { CairnError } from "@cairn/event";
import type { AccessChange, SubjectFact, Tenant } from "@cairn/ledger";
import { actorOf, contextOf } from "../access/actor.ts";
import type { Doer } from "../access/change-log.ts";
import type { ServerContext } from "../context.ts";
import { MAX_FACTS, numbered } from "./say.ts";

/** References of one person: more are a mistake, and each lookup reads what is said of all of them. */
const MAX_REFERENCES = 50;

/** What became of a word on who is who. */
export interface SameHeard {
  readonly status: "recorded" | "unchanged";
  /** All references of the person that was asked about, this one included, in order. */
  readonly references: readonly string[];
}

/**
 * All references of the person behind one, itself included, in order. Whoever acts on a person (forgets them, tells them
 * what is known of them) acts on all of these.
 */
export function referencesOf({ side }: Pick<ServerContext, "side">, tenantNo: number, ref: string): string[] {
  return [ref, ...side.access.subjectFacts.sameAs(tenantNo, ref)].toSorted();
}

/**
 * Says that two references are one person, with all that are one with either. Sealed events keep the reference they have.
 * @throws CairnError not_found, state_conflict
 */
export async function join(
  context: ServerContext,
  doer: Doer,
  { tenant, refs: [ref, other] }: { readonly tenant: Tenant; readonly refs: readonly [string, string] },
): Promise<SameHeard> {
  for (const each of [ref, other]) demandKnown(context, tenant, each);
  const one = referencesOf(context, tenant.no, ref);
  const two = referencesOf(context, tenant.no, other);
  if (one.includes(other)) return { status: "unchanged", references: one };
  const references = [...one, ...two].toSorted();
  if (references.length > MAX_REFERENCES)
    throw new CairnError("state_conflict", `one person has at most ${MAX_REFERENCES} references`);
  await sayAgain(context, doer, { tenant, action: "subject.joined", before: [one, two], after: [references] });
  return { status: "recorded", references };
}

/**
 * Says that a reference is a person by itself again; all others stay one.
 * @throws CairnError not_found, state_conflict
 */
export async function separate(
  context: ServerContext,
  doer: Doer,
  { tenant, ref }: { readonly tenant: Tenant; readonly ref: string },
): Promise<SameHeard> {
  demandKnown(context, tenant, ref);
  const before = referencesOf(context, tenant.no, ref);
  if (before.length === 1) return { status: "unchanged", references: before };
  const after = [[ref], before.filter((each) => each !== ref)];
  await sayAgain(context, doer, { tenant, action: "subject.separated", before: [before], after });
  return { status: "recorded", references: [ref] };
}

interface NewSets {
  readonly tenant: Tenant;
  readonly action: string;
  /** Sets of references, each one person, as this rests on them. */
  readonly before: readonly (readonly string[])[];
  readonly after: readonly (readonly string[])[];
}

/** Writes down for each reference which others are the same person, and records it, all in one transaction. */
async function sayAgain(
  context: ServerContext,
  { principal, request }: Doer,
  { tenant, action, before, after }: NewSets,
): Promise<void> {
  const { subjectFacts } = context.side.access;
  const all = after.flat();
  const facts = all.map((ref) => subjectFacts.of(tenant.no, ref));
  if (facts.some((each) => each.length >= MAX_FACTS))
    throw new CairnError("state_conflict", "too much was said about this person");
  // The newest word counts, whatever the clock did meanwhile.
  const lastMs = facts.flat().flatMap(({ statement, fromMs }) => (statement.kind === "same" ? [fromMs] : []));
  const fromMs = Math.max(Date.now(), ...lastMs.map((ms) => ms + 1));
  const said = after.flatMap((set) =>
    set.map((ref): SubjectFact => {
      const refs = set.filter((each) => each !== ref);
      return { id: "", tenantNo: tenant.no, ref, fromMs, statement: { kind: "same", refs } };
    }),
  );
  const still = before.flatMap((set) => {
    const [ref, ...refs] = set;
    return ref === undefined ? [] : [{ kind: "same_still", tenantNo: tenant.no, ref, refs } satisfies AccessChange];
  });
  const event = {
    action,
    actor: actorOf(principal, { tenantNo: tenant.no, operatorName: context.config.operatorName }),
    context: contextOf(request, principal),
    targets: all.map((id) => ({ type: "subject", id })),
    details: { before, after },
  };
  const category = principal.kind === "key" ? "provisioning" : "people";
  await context.own.change([...still, ...numbered(said)], [{ tenantNo: tenant.no, category, event }]);
  context.threads.index.tell("said", { tenantNo: tenant.no, refs: all });
}

/** Finds out that a reference is a person of the tenant who is not forgotten. @throws CairnError not_found */
function demandKnown({ side }: ServerContext, tenant: Tenant, ref: string): void {
  const isRef = /^sub_[0-9a-z]+$/.test(ref);
  if (!isRef || side.keyring.subjectState(tenant.no, ref) !== "live")
    throw new CairnError("not_found", "the log knows nobody by this reference");
}
