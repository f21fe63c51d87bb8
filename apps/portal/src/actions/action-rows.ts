import type { ActionsAnswer } from "../api/answers.ts";

/** An action as the page shows it. */
export interface ActionRow {
  readonly action: string;
  readonly category: string | undefined;
  /** The sentence template. */
  readonly description: string | undefined;
  readonly firstSeen: string | null;
  /** Time of the newest event with it; undefined where search could not be asked. */
  readonly lastSeen: string | null | undefined;
  /** Events with it; undefined where it is not among those counted. */
  readonly count: number | undefined;
  /** Whether the catalog has it, or it only came in. */
  readonly isDeclared: boolean;
}

/** Declared actions and those that only came in, by name. */
export function actionRows(
  catalog: ActionsAnswer,
  counts: readonly { readonly value: string; readonly count: number }[],
): readonly ActionRow[] {
  const countOf = new Map(counts.map(({ value, count }) => [value, count]));
  const declared = catalog.actions.map(({ action, category, description, first_seen_at, last_seen_at }) => ({
    action,
    category,
    description,
    firstSeen: first_seen_at,
    lastSeen: last_seen_at,
    count: countOf.get(action),
    isDeclared: true,
  }));
  const seen = catalog.new.map(({ action, first_seen_at, last_seen_at }) => ({
    action,
    category: undefined,
    description: undefined,
    firstSeen: first_seen_at,
    lastSeen: last_seen_at,
    count: countOf.get(action),
    isDeclared: false,
  }));
  return [...declared, ...seen].toSorted((a, b) => a.action.localeCompare(b.action, "en"));
}
