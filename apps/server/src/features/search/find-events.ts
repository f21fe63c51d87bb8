import type { RecordedEvent } from "@cairn/event";
import { countMatches, type Position, searchKeys } from "@cairn/search";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import type { SearchRequest } from "./schema.ts";
import { scopeOf } from "./scope.ts";
import type { SearchCursors } from "./signed-cursor.ts";

const DEFAULT_LIMIT = 50;
/** Beyond this, "more than 10,000" tells as much. */
const COUNTED = 10_000;

/** Who searches, for what. */
export interface Find {
  readonly entered: Entered;
  readonly ask: SearchRequest;
  readonly cursors: SearchCursors;
}

/** Gives a page of events, each as it is read from the ledger. Recording that it was read is up to the caller. */
export async function findEvents(context: ServerContext, { entered, ask, cursors }: Find) {
  const index = context.search.index();
  const after = ask.cursor === undefined ? undefined : cursors.read(ask.cursor, entered.principal);
  const nowMs = after?.nowMs ?? Date.now();
  const scope = scopeOf(context, entered, ask, nowMs);
  const { sort, order, limit = DEFAULT_LIMIT } = ask;
  const [page, counted] = await Promise.all([
    searchKeys(index, { ...scope, nowMs, sort, order, limit, after }),
    ask.total === true ? countMatches(index, { ...scope, atMost: COUNTED }) : undefined,
  ]);
  const events = await context.threads.reader.call("events", {
    tenantNo: entered.tenant.no,
    places: page.keys.map(({ ledger, sequence }) => ({ ledger, sequence })),
  });
  return {
    events: events.filter((event): event is RecordedEvent => event !== undefined),
    next: page.next === undefined ? null : cursors.write(page.next, entered.principal),
    as_of: shownAsOf(entered, after?.asOf ?? scope.asOf),
    total: counted === undefined ? null : { count: counted.count, exact: counted.kind === "exact" },
  };
}

/** How far search is tells how much there is: behind a wall that is nobody's business. */
export function shownAsOf({ principal }: Entered, asOf: Position): Position | null {
  return principal.wall === undefined ? asOf : null;
}
