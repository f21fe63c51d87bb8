import { CairnError, compileGlob, fold, type OrNode, type QueryNode, type TermNode } from "@cairn/event";
import type { SubjectFact } from "@cairn/ledger";
import { type GroupTime, groupTimes } from "./group-times.ts";

/** Where statements about people are. */
export interface GroupStatements {
  ofTenant(tenantNo: number): Iterable<SubjectFact>;
  stateOf(tenantNo: number): string;
}

/**
 * Times that one condition on groups may stand for. Each becomes a condition on a person and one on the time; the engine
 * takes some thousands before a statement is too large for it.
 */
const MAX_TIMES = 500;
/** Groups are read anew after so long even when nothing was said: somebody may have been forgotten. */
const KEEP_MS = 10_000;
const MAX_KNOWN = 100;

interface Known {
  readonly state: string;
  readonly atMs: number;
  readonly times: readonly GroupTime[];
}

/**
 * What the directory says about groups, for queries: an event that names no groups of its actor has those that the
 * directory gives the actor at the event's time.
 */
export class DirectoryGroups {
  private readonly facts: GroupStatements;
  private readonly known = new Map<number, Known>();

  constructor(facts: GroupStatements) {
    this.facts = facts;
  }

  /**
   * Rewrites conditions on `actor.groups`; all others stay. Both evaluators understand the result.
   * @throws CairnError query_too_expensive when a group has had too many people at too many times
   */
  understand(tenantNo: number, query: QueryNode): QueryNode {
    switch (query.kind) {
      case "and":
      case "or":
        return { ...query, children: query.children.map((child) => this.understand(tenantNo, child)) };
      case "not":
        return { ...query, child: this.understand(tenantNo, query.child) };
      case "term":
        return query.field === "actor.groups" ? this.widen(tenantNo, query) : query;
      case "all":
      case "free":
        return query;
    }
  }

  private widen(tenantNo: number, term: TermNode): QueryNode {
    const isMeant = testOf(term);
    const times = this.timesOf(tenantNo).filter(({ groups }) => groups.some((group) => isMeant(fold(group))));
    if (times.length === 0) return term;
    if (times.length > MAX_TIMES)
      throw new CairnError(
        "query_too_expensive",
        `by the directory, ${term.written.value} stands for more than ${MAX_TIMES} people and times`,
      );
    const { span } = term;
    const byTime = Map.groupBy(times, ({ fromMs, untilMs }) => `${fromMs}/${untilMs}`);
    const ways = [...byTime.values()].map((group): QueryNode => {
      const { fromMs, untilMs } = group[0]!;
      const people = group.map(({ ref }) => personTerm(ref, term));
      return { kind: "and", children: [timeTerm({ fromMs, untilMs }, term), orOf(people, term)], span };
    });
    const unnamed: QueryNode = { kind: "not", child: { ...term, predicate: { op: "exists" } }, span };
    return orOf([term, { kind: "and", children: [unnamed, orOf(ways, term)], span }], term);
  }

  /** When people of a tenant were said to be in which groups. */
  timesOf(tenantNo: number): readonly GroupTime[] {
    const state = this.facts.stateOf(tenantNo);
    const known = this.known.get(tenantNo);
    const nowMs = Date.now();
    if (known?.state === state && nowMs - known.atMs < KEEP_MS) return known.times;
    const times = groupTimes(this.facts.ofTenant(tenantNo));
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(tenantNo, { state, atMs: nowMs, times });
    return times;
  }
}

/** Which folded names of groups a condition means. */
function testOf({ predicate }: TermNode): (group: string) => boolean {
  if (predicate.op === "whole") return compileGlob(predicate.glob);
  return (group) => predicate.op === "exists" && group !== "";
}

function orOf(children: readonly QueryNode[], { span }: TermNode): QueryNode {
  const or: OrNode = { kind: "or", children, span };
  return children.length === 1 ? children[0]! : or;
}

function personTerm(ref: string, { span }: TermNode): TermNode {
  const field = "actor.ref";
  return {
    kind: "term",
    field,
    path: undefined,
    predicate: { op: "whole", glob: [ref] },
    written: { field, value: ref },
    span,
  };
}

function timeTerm({ fromMs, untilMs }: Pick<GroupTime, "fromMs" | "untilMs">, { span }: TermNode): TermNode {
  const field = "occurred_at";
  const written = { field, value: new Date(fromMs).toISOString() };
  return { kind: "term", field, path: undefined, predicate: { op: "time", fromMs, toMs: untilMs }, written, span };
}
