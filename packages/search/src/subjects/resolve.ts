import { type QueryNode, type SubjectPattern, subjectPatternKey, subjectPatternsOf, wordRef } from "@cairn/event";
import { Params } from "../compile/params.ts";
import type { People } from "../compile/people.ts";
import { anyOf } from "../compile/sql.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { subjectsTable } from "../database/tables.ts";
import { IndexError } from "../errors.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { subjectCondition } from "./condition.ts";
import { setsOfSame, withSame } from "./same.ts";

/**
 * Looks up the people that a query means, as far as a statement about it needs them: once per different pattern. Up to
 * `listed` (a thousand when absent) they are listed in the statement, where the text index can use them; beyond that the
 * statement looks them up by itself.
 */
export async function resolvePeople(
  index: IndexDatabase,
  { tenantNo, query, listed = SEARCH_LIMITS.listedPeople }: { tenantNo: number; query: QueryNode; listed?: number },
): Promise<ReadonlyMap<string, People>> {
  const patterns = subjectPatternsOf(query);
  const found = await findRefs(index, { tenantNo, patterns, limit: listed + 1 });
  const entries = patterns.map((pattern, i): [string, People] => {
    const refs = found[i] ?? [];
    const subquery = (params: Params) => refsStatement(index, { tenantNo, pattern, params });
    return [subjectPatternKey(pattern), refs.length > listed ? { kind: "many", subquery } : { kind: "listed", refs }];
  });
  return new Map(entries);
}

/**
 * Looks up the people that the patterns of a query mean, for `compileMatcher`: the same directory, for the other evaluator.
 * The sets stand under `subjectPatternKey`.
 * @throws IndexError too_expensive when a pattern means more people than that evaluator should hold
 */
export async function resolveSubjects(
  index: IndexDatabase,
  { tenantNo, query }: { tenantNo: number; query: QueryNode },
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const patterns = subjectPatternsOf(query);
  const found = await findRefs(index, { tenantNo, patterns, limit: SEARCH_LIMITS.resolvedPeople + 1 });
  const entries = patterns.map((pattern, i): [string, ReadonlySet<string>] => {
    const refs = found[i] ?? [];
    if (refs.length > SEARCH_LIMITS.resolvedPeople) {
      throw new IndexError("too_expensive", `a condition means more than ${SEARCH_LIMITS.resolvedPeople} people`);
    }
    return [subjectPatternKey(pattern), new Set(refs.map(wordRef))];
  });
  return new Map(entries);
}

/** Patterns looked up by one statement: hundreds in a query must not become hundreds of round trips or plans. */
const PATTERNS_TOGETHER = 100;

/** Finds the references of each pattern, at most `limit` of each: of whoever is found, all that are said to be the same person. */
async function findRefs(
  index: IndexDatabase,
  { tenantNo, patterns, limit }: { tenantNo: number; patterns: readonly SubjectPattern[]; limit: number },
): Promise<string[][]> {
  const found: string[][] = patterns.map(() => []);
  for (let first = 0; first < patterns.length; first += PATTERNS_TOGETHER) {
    const params = new Params();
    const tenant = params.integer(tenantNo);
    const conditions = patterns.slice(first, first + PATTERNS_TOGETHER).map((each) => subjectCondition(each, params));
    const numbers = conditions.map((condition, i) => `if(${condition}, [${first + i}], [])`);
    const matching =
      `SELECT DISTINCT arrayJoin(arrayConcat(${numbers.join(", ")})) AS pattern, ref FROM ${subjectsTable(index)} ` +
      `WHERE tenant = ${tenant} AND ${anyOf(conditions)} ORDER BY pattern, ref LIMIT ${limit} BY pattern`;
    const rows = await index.query<[number, string]>({
      sql:
        "SELECT DISTINCT found.pattern AS number, arrayJoin(arrayPushBack(sets.refs, found.ref)) AS meant " +
        `FROM (${matching}) AS found LEFT ANY JOIN ${setsOfSame(index, tenant)} ON sets.one = found.ref ` +
        `ORDER BY number, meant LIMIT ${limit} BY number`,
      params: params.values,
    });
    for (const [i, ref] of rows) found[i]?.push(ref);
  }
  return found;
}

function refsStatement(
  index: IndexDatabase,
  { tenantNo, pattern, params }: { tenantNo: number; pattern: SubjectPattern; params: Params },
): string {
  const condition = subjectCondition(pattern, params);
  const tenant = params.integer(tenantNo);
  const matching = `SELECT DISTINCT ref FROM ${subjectsTable(index)} WHERE tenant = ${tenant} AND ${condition}`;
  return withSame(index, matching, tenant);
}
