import { fold, refWord, type SubjectFactKind, wordRef } from "@cairn/event";
import { Params } from "../compile/params.ts";
import { allOf } from "../compile/sql.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable, subjectsTable } from "../database/tables.ts";
import { prepareScope, type SearchScope } from "../read/scope.ts";
import { ANYBODY } from "./anybody.ts";
import { withSame } from "./same.ts";

/** Where a page of people ends: by folded name, then by reference. */
export interface SubjectPlace {
  readonly label: string;
  readonly ref: string;
}

export interface ListSubjectsOptions {
  readonly tenantNo: number;
  /**
   * Part of a name, an address or an identifier, or the beginning of a reference; everybody when absent. Whoever is said
   * to be the same person as somebody found is found, too.
   */
  readonly text?: string | undefined;
  /** Only people of events within. */
  readonly within?: SearchScope | undefined;
  /** `name` when absent. By `ref` nothing is told by the order, nor by where a page ends. */
  readonly order?: "name" | "ref" | undefined;
  /** Last place of the page before. */
  readonly after?: SubjectPlace | undefined;
  readonly limit: number;
}

/** People of a tenant by name; those without a name by address or identifier. */
export async function listSubjects(index: IndexDatabase, options: ListSubjectsOptions): Promise<SubjectPlace[]> {
  const { tenantNo, text = "", within, order = "name", after, limit } = options;
  const prepared = within === undefined ? undefined : await prepareScope(index, within);
  const params = prepared?.params ?? new Params();
  const table = subjectsTable(index);
  const tenant = params.integer(tenantNo);
  const ofTenant = `tenant = ${tenant}`;
  const folded = params.string(fold(text));
  const matches = `position(folded, ${folded}) > 0 OR startsWith(ref, ${params.string(refWord(text.trim()))})`;
  const where = allOf([
    ofTenant,
    text.trim() === ""
      ? undefined
      : `ref IN (${withSame(index, `SELECT DISTINCT ref FROM ${table} WHERE ${ofTenant} AND (${matches})`, tenant)})`,
    prepared === undefined
      ? undefined
      : `ref IN (SELECT ${ANYBODY} FROM ${eventsTable(index)} WHERE ${prepared.where})`,
  ]);
  const keys = order === "name" ? "(label, ref)" : "(ref)";
  const place = after && placeOf(after);
  const rows = await index.query<[string, string]>({
    sql:
      `SELECT argMax(folded, (kind = 'name', kind = 'email', seen_at, folded)) AS label, ref FROM ${table} WHERE ${where} ` +
      `GROUP BY ref ${place === undefined ? "" : `HAVING ${keys} > ${place} `}ORDER BY ${keys} LIMIT ${limit}`,
    params: params.values,
  });
  return rows.map(([label, word]) => ({ label, ref: wordRef(word) }));

  function placeOf({ label, ref }: SubjectPlace): string {
    const last = params.string(refWord(ref));
    return order === "name" ? `(${params.string(label)}, ${last})` : `(${last})`;
  }
}

/** Something known of a person, and when the log heard of it. */
export interface KnownFact {
  readonly kind: SubjectFactKind;
  /** As it was written. */
  readonly value: string;
  /** Unix milliseconds. */
  readonly firstMs: number;
  readonly seenMs: number;
}

/** What is known of each of some people, oldest first. Unknown and forgotten people are left out. */
export async function subjectFacts(
  index: IndexDatabase,
  { tenantNo, refs }: { readonly tenantNo: number; readonly refs: readonly string[] },
): Promise<ReadonlyMap<string, readonly KnownFact[]>> {
  const found = new Map<string, KnownFact[]>();
  if (refs.length === 0) return found;
  const params = new Params();
  const rows = await index.query<[string, SubjectFactKind, string, string | number, string | number]>({
    sql:
      "SELECT ref, kind, value, toUnixTimestamp64Milli(min(first_at)) AS first_ms, toUnixTimestamp64Milli(max(seen_at)) AS seen_ms " +
      `FROM ${subjectsTable(index)} WHERE tenant = ${params.integer(tenantNo)} AND ref IN ${params.strings(refs.map(refWord))} ` +
      "GROUP BY ref, kind, value ORDER BY ref, first_ms, value",
    params: params.values,
  });
  for (const [word, kind, value, firstMs, seenMs] of rows) {
    const ref = wordRef(word);
    const fact = { kind, value, firstMs: Number(firstMs), seenMs: Number(seenMs) };
    const known = found.get(ref);
    if (known === undefined) found.set(ref, [fact]);
    else known.push(fact);
  }
  return found;
}

/** When the events of a scope happened. */
export interface EventSpan {
  readonly count: number;
  /** Unix milliseconds of the first and the last; undefined when there is none. */
  readonly span: { readonly firstMs: number; readonly lastMs: number } | undefined;
}

/** Counts the events of a scope and tells when the first and the last happened. */
export async function eventSpan(index: IndexDatabase, scope: SearchScope): Promise<EventSpan> {
  const { where, params } = await prepareScope(index, scope);
  const [row] = await index.query<[string | number, string | number, string | number]>({
    sql:
      "SELECT count(), toUnixTimestamp64Milli(min(occurred_at)), toUnixTimestamp64Milli(max(occurred_at)) " +
      `FROM ${eventsTable(index)} WHERE ${where}`,
    params: params.values,
  });
  const [count, firstMs, lastMs] = (row ?? [0, 0, 0]).map(Number) as [number, number, number];
  return { count, span: count === 0 ? undefined : { firstMs, lastMs } };
}
