import { type QueryNode, type SubjectPattern, subjectPatternKey, subjectPatternsOf, wordRef } from "@cairn/event";
import { Params } from "../compile/params.ts";
import type { People } from "../compile/people.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { subjectsTable } from "../database/tables.ts";
import { IndexError } from "../errors.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { subjectCondition } from "./condition.ts";

/** Looks up the people that a query means, as far as a statement about it needs them: once per different pattern. */
export async function resolvePeople(
  index: IndexDatabase,
  { tenantNo, query }: { tenantNo: number; query: QueryNode },
): Promise<ReadonlyMap<string, People>> {
  const entries = subjectPatternsOf(query).map(async (pattern): Promise<[string, People]> => {
    const refs = await findRefs(index, { tenantNo, pattern, limit: SEARCH_LIMITS.listedPeople + 1 });
    const isMany = refs.length > SEARCH_LIMITS.listedPeople;
    const subquery = (params: Params) => refsStatement(index, { tenantNo, pattern, params });
    return [subjectPatternKey(pattern), isMany ? { kind: "many", subquery } : { kind: "listed", refs }];
  });
  return new Map(await Promise.all(entries));
}

/**
 * Looks up the people that the patterns of a query mean, for `compileMatcher`: the same directory, for the other evaluator.
 * @throws IndexError too_expensive when a pattern means more people than that evaluator should hold
 */
export async function resolveSubjects(
  index: IndexDatabase,
  { tenantNo, query }: { tenantNo: number; query: QueryNode },
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const entries = subjectPatternsOf(query).map(async (pattern): Promise<[string, ReadonlySet<string>]> => {
    const refs = await findRefs(index, { tenantNo, pattern, limit: SEARCH_LIMITS.resolvedPeople + 1 });
    if (refs.length > SEARCH_LIMITS.resolvedPeople) {
      throw new IndexError("too_expensive", `a condition means more than ${SEARCH_LIMITS.resolvedPeople} people`);
    }
    return [subjectPatternKey(pattern), new Set(refs.map(wordRef))];
  });
  return new Map(await Promise.all(entries));
}

async function findRefs(
  index: IndexDatabase,
  { tenantNo, pattern, limit }: { tenantNo: number; pattern: SubjectPattern; limit: number },
): Promise<string[]> {
  const params = new Params();
  const sql = `${refsStatement(index, { tenantNo, pattern, params })} ORDER BY ref LIMIT ${limit}`;
  const rows = await index.query<[string]>({ sql, params: params.values });
  return rows.map(([ref]) => ref);
}

function refsStatement(
  index: IndexDatabase,
  { tenantNo, pattern, params }: { tenantNo: number; pattern: SubjectPattern; params: Params },
): string {
  const condition = subjectCondition(pattern, params);
  return `SELECT DISTINCT ref FROM ${subjectsTable(index)} WHERE tenant = ${params.integer(tenantNo)} AND ${condition}`;
}
