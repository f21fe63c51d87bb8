import { lastSeen, type Position } from "@cairn/search";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import { scopeOf } from "../search/scope.ts";

/** What retention took is forgotten by then. */
const KEEP_MS = 3_600_000;
/** Behind a wall everything is asked anew, as people and groups within it change; only not at every request. */
const KEEP_WALLED_MS = 60_000;
/** Readers with walls of their own are many, and each map has a line for every action. */
const MAX_KEPT = 500;

interface Kept {
  readonly times: ReadonlyMap<string, number>;
  readonly asOf: Position;
  readonly madeMs: number;
}

/**
 * When each action happened last, for readers of the catalog. All events are looked at once; after that only what came in
 * since, by their place in the log.
 */
export class LastSeenActions {
  private readonly kept = new Map<string, Kept>();

  /** Unix milliseconds by action, of events within the reader's wall. @throws CairnError, IndexError as searching does */
  async of(context: ServerContext, entered: Entered, nowMs: number): Promise<ReadonlyMap<string, number>> {
    const { wall } = entered.principal;
    const scope = scopeOf(context, entered, {}, nowMs);
    const key = `${scope.tenantNo} ${wall ?? ""}`;
    const kept = this.kept.get(key);
    const isFresh = kept !== undefined && nowMs - kept.madeMs < (wall === undefined ? KEEP_MS : KEEP_WALLED_MS);
    if (isFresh && (wall !== undefined || isSamePlace(kept.asOf, scope.asOf))) return kept.times;
    const news = await lastSeen(context.search.index(), { ...scope, after: isFresh ? kept.asOf : undefined });
    const times = isFresh ? newest(kept.times, news) : news;
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(key, { times, asOf: scope.asOf, madeMs: isFresh ? kept.madeMs : nowMs });
    return times;
  }
}

function newest(before: ReadonlyMap<string, number>, news: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const times = new Map(before);
  for (const [action, atMs] of news) times.set(action, Math.max(atMs, times.get(action) ?? atMs));
  return times;
}

function isSamePlace(a: Position, b: Position): boolean {
  return a.ledger === b.ledger && a.sequence === b.sequence;
}
