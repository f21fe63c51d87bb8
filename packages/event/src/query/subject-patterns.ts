import { eachCondition, type FreeNode, type QueryNode, type TermNode } from "./ast.ts";
import { mentionPattern, personPattern } from "./person.ts";
import { type SubjectPattern, subjectPatternKey } from "./subjects.ts";

/** Which people one condition means, or undefined when it means none. */
export function subjectPatternOf(condition: TermNode | FreeNode): SubjectPattern | undefined {
  if (condition.kind === "free") return mentionPattern(condition.phrase);
  const { predicate } = condition;
  if (predicate.op === "person") return personPattern(condition.field, predicate);
  return predicate.op === "words" ? mentionPattern(predicate.phrase) : undefined;
}

/** Every different pattern that a query needs resolved, so that a directory with I/O can be asked before matching. */
export function subjectPatternsOf(query: QueryNode): SubjectPattern[] {
  const patterns = new Map<string, SubjectPattern>();
  eachCondition(query, (condition) => {
    const pattern = subjectPatternOf(condition);
    if (pattern !== undefined) patterns.set(subjectPatternKey(pattern), pattern);
  });
  return [...patterns.values()];
}
