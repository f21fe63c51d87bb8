import { type CairnEvent, type EventPrincipal, eachLeaf, QUERY_LIMITS, rebuildCore } from "@cairn/event";

/** No such path. */
export const ABSENT = -1;

/** Which of a shape's paths feeds which column; {@link ABSENT} where none does. */
export interface ShapePlan {
  readonly id: number;
  readonly occurredAt: number;
  readonly source: number;
  readonly action: number;
  readonly verb: number;
  readonly category: number;
  readonly outcome: number;
  readonly reason: number;
  readonly actor: PrincipalPlan & { readonly role: number; readonly groups: number };
  readonly behalf: PrincipalPlan;
  /** The actor, or who stands behind, has an id, name or e-mail address of its own. */
  readonly hasPrincipalLines: boolean;
  readonly targets: readonly TargetPlan[];
  readonly ip: number;
  readonly userAgent: number;
  readonly location: number;
  readonly session: number;
  readonly request: number;
  readonly trace: number;
  readonly clientKind: number;
  readonly clientName: number;
  readonly clientVersion: number;
  readonly purpose: number;
  readonly recipient: number;
  readonly dataCategory: number;
  readonly parent: number;
  readonly inferred: number;
  readonly timeUncertainMs: number;
  readonly description: number;
  readonly sourceAction: number;
  readonly warnings: number;
  /** Values of `details`, `labels` and `changes`, in the order in which they are searched. */
  readonly leaves: readonly LeafPlan[];
}

export interface PrincipalPlan {
  readonly type: number;
  readonly ref: number;
  readonly id: number;
  readonly name: number;
  readonly email: number;
}

export interface TargetPlan {
  readonly type: number;
  readonly ref: number;
  readonly id: number;
  readonly name: number;
}

export interface LeafPlan {
  readonly column: number;
  /** Path under which the value is searched. */
  readonly path: string;
}

/**
 * Works out a plan by putting an event together in which the value of each path is the path's number, and looking where
 * the numbers come out. Undefined for shapes that it does not fit: with values coarser than a column, or too many leaves.
 */
export function planShape(paths: readonly string[]): ShapePlan | undefined {
  const core = rebuildCore(paths.map((path, i) => [path, `"${i}"`] as const));
  if (typeof core.actor !== "object" || typeof core.outcome !== "object") return undefined;
  if (!isListOfObjects(core.targets) || !isListOfObjects(core.changes)) return undefined;
  if (core.labels !== undefined && typeof core.labels !== "object") return undefined;
  let found = 0;
  const column = (value: unknown): number => {
    if (typeof value !== "string") return ABSENT;
    found++;
    return Number(value);
  };
  const principal = (value: Partial<EventPrincipal> | undefined): PrincipalPlan => ({
    type: column(value?.type),
    ref: column(value?.ref),
    id: column(value?.id),
    name: column(value?.name),
    email: column(value?.email),
  });
  const { context } = core;
  const actor = principal(core.actor);
  const behalf = principal(core.actor.on_behalf_of);
  const plan: ShapePlan = {
    id: column(core.id),
    occurredAt: column(core.occurred_at),
    source: column(core.source),
    action: column(core.action),
    verb: column(core.verb),
    category: column(core.category),
    outcome: column(core.outcome.result),
    reason: column(core.outcome.reason),
    actor: { ...actor, role: column(core.actor.role), groups: column(core.actor.groups) },
    behalf,
    hasPrincipalLines: [actor, behalf].some(
      ({ id, name, email }) => id !== ABSENT || name !== ABSENT || email !== ABSENT,
    ),
    targets: (core.targets ?? []).map((target) => ({
      type: column(target?.type),
      ref: column(target?.ref),
      id: column(target?.id),
      name: column(target?.name),
    })),
    ip: column(context?.ip),
    userAgent: column(context?.user_agent),
    location: column(context?.location),
    session: column(context?.session_id),
    request: column(context?.request_id),
    trace: column(context?.trace_id),
    clientKind: column(context?.client?.kind),
    clientName: column(context?.client?.name),
    clientVersion: column(context?.client?.version),
    purpose: column(core.purpose),
    recipient: column(core.recipient),
    dataCategory: column(core.data_category),
    parent: column(core.parent_id),
    inferred: column(core.inferred),
    timeUncertainMs: column(core.time_uncertain_ms),
    description: column(core.description),
    sourceAction: column(core.source_action),
    warnings: column(core.warnings),
    leaves: leavesOf(core, column),
  };
  const needed = [
    plan.id,
    plan.occurredAt,
    plan.source,
    plan.action,
    plan.verb,
    plan.category,
    plan.outcome,
    actor.type,
  ];
  const isWhole = needed.every((each) => each !== ABSENT) && plan.targets.every(({ type }) => type !== ABSENT);
  return isWhole && found === paths.length && plan.leaves.length < QUERY_LIMITS.leaves ? plan : undefined;
}

function isListOfObjects(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((each) => typeof each === "object"));
}

function leavesOf(core: CairnEvent, column: (value: unknown) => number): LeafPlan[] {
  const leaves: LeafPlan[] = [];
  eachLeaf(core, (path, text) => leaves.push({ path, column: column(text) }));
  return leaves;
}

/** Plans by the paths of their shape. */
const REMEMBERED_PLANS = 2_000;
const plans = new Map<string, ShapePlan | undefined>();

/** Remembers {@link planShape}: producers send the same shapes for ever. */
export function planOf(paths: readonly string[]): ShapePlan | undefined {
  const key = paths.join("\n");
  const known = plans.get(key);
  if (known !== undefined || plans.has(key)) return known;
  if (plans.size >= REMEMBERED_PLANS) plans.clear();
  const plan = planShape(paths);
  plans.set(key, plan);
  return plan;
}
