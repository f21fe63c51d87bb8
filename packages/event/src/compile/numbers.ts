/** Kinds of what the compiler knows. `assembly/table.ts` has the same numbers. */
export const KIND = {
  key: 1,
  path: 2,
  verb: 5,
  outcome: 6,
  action: 7,
  actor: 8,
  targetType: 9,
  person: 10,
  month: 11,
  address: 12,
  clientKind: 13,
} as const;

/** Objects whose keys the compiler knows. `assembly/numbers.ts` has the same numbers, and those of the fields. */
export const OBJECT = { event: 0, context: 1, target: 2, outcome: 3, change: 4, client: 5 } as const;

/** Texts of an event, then its objects and arrays: their places in this list are their numbers. */
export const EVENT_TEXTS = [
  "id",
  "tenant",
  "occurred_at",
  "action",
  "verb",
  "category",
  "source",
  "purpose",
  "recipient",
  "data_category",
  "parent_id",
  "description",
  "source_action",
] as const;
export const FIRST_CONTAINER = 16;
export const EVENT_CONTAINERS = ["actor", "targets", "outcome", "context", "changes", "details", "labels"] as const;

/** Members of known objects. */
export const CONTEXT_TEXTS = ["ip", "user_agent", "location", "session_id", "request_id", "trace_id"] as const;
export const CLIENT_TEXTS = ["kind", "name", "version"] as const;
export const TARGET_TEXTS = ["type", "id", "name"] as const;
export const OUTCOME_TEXTS = ["result", "reason"] as const;
export const CHANGE_MEMBERS = ["field", "before", "after"] as const;

/** Targets or changes with paths of their own from the start; an event with more is not plain. */
const MAX_ITEMS = 10;

const items = (parent: string, members: readonly string[]): string[] =>
  Array.from({ length: MAX_ITEMS }, (_, i) => [`${parent}/${i}`, ...members.map((m) => `${parent}/${i}/${m}`)]).flat();

/** Paths that the compiler has from the start; numbers begin at 1. */
export const FIRST_PATHS: readonly string[] = [
  "/log",
  "/occurred_at",
  "/action",
  "/verb",
  "/category",
  "/source",
  "/id",
  "/purpose",
  "/recipient",
  "/data_category",
  "/parent_id",
  "/description",
  "/source_action",
  "/outcome",
  "/context",
  "/targets",
  "/changes",
  "/details",
  "/actor",
  "/outcome/result",
  "/outcome/reason",
  "/context/session_id",
  "/context/request_id",
  "/context/trace_id",
  ...items("/targets", [...TARGET_TEXTS, "ref"]),
  ...items("/changes", CHANGE_MEMBERS),
  "/labels",
  "/context/client",
  ...CLIENT_TEXTS.map((name) => `/context/client/${name}`),
];
