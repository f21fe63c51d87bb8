import { refWord, type SubjectFactKind, wordRef } from "@cairn/event";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable, sameTable, subjectsTable } from "../database/tables.ts";
import { writeSubjectBlock } from "../encode/subject-block.ts";
import type { SubjectFactRow } from "../encode/subject-facts.ts";
import { TABLES } from "../schema/tables.ts";

/**
 * Remembers which facts are in the index already, so that the same names are not written with every block. Belongs to
 * one index and one writer; forgetting a person, or starting anew, needs {@link SubjectMemo.clear}.
 */
export class SubjectMemo {
  private readonly maxFacts: number;
  private known = new Set<string>();
  /** Newest name of each person that was written: a name that comes back is news. */
  private readonly names = new Map<string, SubjectFactRow>();

  constructor(options: { maxFacts: number }) {
    this.maxFacts = options.maxFacts;
  }

  clear(): void {
    this.known.clear();
    this.names.clear();
  }

  unknown(facts: readonly SubjectFactRow[]): SubjectFactRow[] {
    return facts.filter((fact) => !this.known.has(keyOf(fact)) || this.isAnotherName(fact));
  }

  add(facts: readonly SubjectFactRow[]): void {
    if (this.known.size + facts.length > this.maxFacts) this.clear();
    for (const fact of facts) {
      this.known.add(keyOf(fact));
      if (fact.kind !== "name") continue;
      const newest = this.names.get(personOf(fact));
      if (newest === undefined || newest.seenMs <= fact.seenMs) this.names.set(personOf(fact), fact);
    }
  }

  private isAnotherName(fact: SubjectFactRow): boolean {
    return fact.kind === "name" && this.names.get(personOf(fact))?.value !== fact.value;
  }
}

const personOf = ({ tenantNo, ref }: SubjectFactRow) => `${tenantNo}/${ref}`;
const keyOf = ({ tenantNo, ref, kind, value }: SubjectFactRow) => `${tenantNo}/${ref}/${kind}/${value}`;

/**
 * Writes what events say about people; a fact written twice is one. Write facts before the rows of their events: a query
 * in between then finds nothing rather than half of it.
 */
export async function upsertSubjects(
  index: IndexDatabase,
  facts: readonly SubjectFactRow[],
  options: { memo?: SubjectMemo } = {},
): Promise<void> {
  const unknown = options.memo?.unknown(facts) ?? facts;
  if (unknown.length === 0) return;
  await index.insert({ table: TABLES.subjects, block: writeSubjectBlock(unknown) });
  options.memo?.add(unknown);
}

/** What is known of a person, the newest of each kind, as the producer wrote it. */
export type SubjectNames = Readonly<Partial<Record<SubjectFactKind, string>>>;

/** Gives names back: what is known of the people with these references. Unknown and forgotten people are left out. */
export async function subjectsByRef(
  index: IndexDatabase,
  { tenantNo, refs }: { tenantNo: number; refs: readonly string[] },
): Promise<ReadonlyMap<string, SubjectNames>> {
  const names = new Map<string, Partial<Record<SubjectFactKind, string>>>();
  if (refs.length === 0) return names;
  const rows = await index.query<[string, SubjectFactKind, string]>({
    sql:
      `SELECT ref, kind, argMax(value, (seen_at, value)) FROM ${subjectsTable(index)} ` +
      "WHERE tenant = {tenantNo:UInt32} AND ref IN {refs:Array(String)} GROUP BY ref, kind",
    params: { tenantNo, refs: refs.map(refWord) },
  });
  for (const [word, kind, value] of rows) {
    const ref = wordRef(word);
    names.set(ref, { ...names.get(ref), [kind]: value });
  }
  return names;
}

/**
 * Forgets people: what is known of them, and address, agent and place of the events in which they acted. One call for many:
 * each rewrites parts of the table. Resolves when nothing of it can be read any more.
 */
export async function forgetSubjects(
  index: IndexDatabase,
  { tenantNo, refs }: { tenantNo: number; refs: readonly string[] },
): Promise<void> {
  if (refs.length === 0) return;
  const params = { tenantNo, refs: refs.map(refWord) };
  const settings = { mutations_sync: 2, max_execution_time: 0 };
  for (const table of [subjectsTable(index), sameTable(index)])
    await index.command({
      sql: `ALTER TABLE ${table} DELETE WHERE tenant = {tenantNo:UInt32} AND ref IN {refs:Array(String)}`,
      params,
      settings,
    });
  await index.command({
    sql:
      `ALTER TABLE ${eventsTable(index)} UPDATE ip = toIPv6('::'), user_agent = '', location = '' ` +
      "WHERE tenant = {tenantNo:UInt32} AND actor_ref IN {refs:Array(String)}",
    params,
    settings,
  });
}
