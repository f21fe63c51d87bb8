import { CairnError, type Identifier } from "@cairn/event";
import type { SubjectFact, SubjectStatement, Tenant } from "@cairn/ledger";
import { subjectFacts } from "@cairn/search";
import type { ServerContext } from "../../context.ts";
import { findOwners, readIdentifiers, type Saying, statementsOf, twoPeople } from "../../subjects/say.ts";
import { nameNow } from "./present.ts";

/** Something that a saying would change. */
export interface ForeseenChange {
  readonly field: "name" | "groups" | "identifier";
  readonly before: string | readonly string[] | null;
  readonly after: string | readonly string[];
}

/** What would become of a saying. */
export type Foreseen =
  | {
      readonly status: "new" | "changed" | "unchanged";
      /** Null: the log does not know the person yet. */
      readonly ref: string | null;
      readonly changes: readonly ForeseenChange[];
    }
  | { readonly status: "rejected"; readonly error: CairnError };

/** What is known of somebody while the sayings are gone through, one after the other. */
interface Draft {
  readonly ref: string | null;
  /** Called so by events. */
  readonly heardName: string | null;
  readonly facts: SubjectFact[];
}

/** Tells what sayings would change, in their order, and changes nothing. */
export async function foresee(
  context: ServerContext,
  { no: tenantNo }: Tenant,
  sayings: readonly Saying[],
): Promise<Foreseen[]> {
  const wanted = sayings.map(({ identifiers }) => readIdentifiers(identifiers));
  const owners = wanted.map((each) => (each instanceof CairnError ? [] : [...findOwners(context, tenantNo, each)]));
  const heard = await subjectFacts(context.search.index(), { tenantNo, refs: [...new Set(owners.flat())] });
  const drafts = new Map<string, Draft>();
  return sayings.map((saying, i): Foreseen => {
    const identifiers = wanted[i]!;
    if (identifiers instanceof CairnError) return { status: "rejected", error: identifiers };
    const [ref, ...others] = owners[i]!;
    const keys = identifiers.map(keyOf);
    const known = new Set(keys.flatMap((key) => drafts.get(key) ?? []));
    const draft = [...known][0] ?? draftOf(ref);
    // Somebody whom an earlier line names, too, may be known to the log by another identifier of this one.
    if (others.length > 0 || known.size > 1 || (ref !== undefined && draft.ref !== ref))
      return { status: "rejected", error: twoPeople() };
    for (const key of keys) drafts.set(key, draft);
    const news = statementsOf({ ...saying, identifiers }, draft.facts);
    const changes = news
      .filter((statement) => !isKnown(statement, ref))
      .map((statement) => changeOf(statement, draft, saying.fromMs));
    for (const statement of news)
      draft.facts.push({ id: "", tenantNo, ref: ref ?? "", fromMs: saying.fromMs, statement });
    const status = changes.length === 0 ? "unchanged" : draft.ref === null ? "new" : "changed";
    return { status, ref: draft.ref, changes };
  });

  /** An identifier that an event told of is written down, but changes nothing. */
  function isKnown(statement: SubjectStatement, ref: string | undefined): boolean {
    return statement.kind === "identifier" && findOwners(context, tenantNo, [statement]).has(ref ?? "");
  }

  function draftOf(ref: string | undefined): Draft {
    if (ref === undefined) return { ref: null, heardName: null, facts: [] };
    const facts = context.side.access.subjectFacts.of(tenantNo, ref);
    return { ref, heardName: nameNow({ ref, facts: heard.get(ref) ?? [], said: [], sameAs: [] }), facts };
  }
}

function changeOf(statement: SubjectStatement, { facts, heardName }: Draft, fromMs: number): ForeseenChange {
  const before = facts
    .filter((fact) => fact.fromMs <= fromMs && fact.statement.kind === statement.kind)
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .at(-1)?.statement;
  switch (statement.kind) {
    case "name":
      return { field: "name", before: before?.kind === "name" ? before.name : heardName, after: statement.name };
    case "groups":
      return { field: "groups", before: before?.kind === "groups" ? before.groups : null, after: statement.groups };
    case "identifier":
      return { field: "identifier", before: null, after: `${statement.namespace}:${statement.value}` };
    case "same":
      throw new Error("BUG: a saying does not say who is who");
  }
}

function keyOf({ namespace, value }: Identifier): string {
  return `${namespace}\0${value}`;
}
