import { CairnError, type RecordedEvent } from "@cairn/event";
import { EVENT_LOG, readLog, type Tenant } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import { isRecordOfReading } from "../../access/readings.ts";
import type { ServerContext } from "../../context.ts";
import { type Entered, enter } from "../../http/principal.ts";
import type { ChangesFilter } from "../../threads/reader-api.ts";
import { describe, recordGiven } from "../search/record-reading.ts";
import { translated } from "../search/translate.ts";
import { ChangesCursors } from "./cursor.ts";
import { filterOf } from "./filter.ts";

const ChangesSchema = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        maxLength: 300,
        description: "`next` of the call before; empty: from the beginning; `now`: from here.",
      }),
    ),
    q: Type.Optional(
      Type.String({ maxLength: 10_000, description: "Only events that match; the cursor moves past the others too." }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    wait_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 30, description: "Wait for something new." })),
  },
  { additionalProperties: false },
);

/** How often a waiting follower looks. */
const LOOK_MS = 200;
/** Entries looked at in one go behind a wall: steps as small as the reader likes would count what is beyond. */
const WALLED_STEP = 1_000;
/** So long a call behind a wall goes on through what is beyond before it answers that there was nothing. */
const WALLED_MS = 5_000;

/** The log in order of sequence, for machines. */
export function changesRoutes(app: FastifyInstance, context: ServerContext): void {
  const cursors = new ChangesCursors(context.side.secrets.serverSecret);
  app.get<{ Querystring: Static<typeof ChangesSchema> }>(
    "/v1/changes",
    { schema: { summary: "Follow the log in order of sequence", tags: ["reading"], querystring: ChangesSchema } },
    async (request) => {
      const entered = enter(context, request, "events:read");
      const { tenant, principal } = entered;
      const { after = "", q, limit = 100, wait_seconds: waitSeconds = 0 } = request.query;
      const start = startOf(context, tenant, cursors.read(after, principal));
      const isFiltered = q !== undefined || principal.wall !== undefined;
      const filter = isFiltered ? await translated(() => filterOf(context, entered, q ?? "")) : undefined;
      const follow = { entered, start, limit, waitMs: waitSeconds * 1_000, filter };
      const { events, place } = await (principal.wall === undefined ? readStep : readWithinWall)(context, follow);
      const reader = { ...entered, request };
      const isNews = events.some((event) => !isRecordOfReading(event));
      // Waiting for what does not come is not reading, and a record of reading is no news.
      if (isNews) {
        await context.readings.searched(reader, () =>
          translated(() => describe(context, reader, q === undefined ? {} : { q })),
        );
        await recordGiven(context, reader, { kind: "changes", events });
      }
      return {
        changes: events.map((event) => ({ type: "event", event })),
        next: cursors.write(`${place.ledger}.${place.sequence}`, principal),
      };
    },
  );
}

interface Place {
  readonly ledger: number;
  readonly sequence: number;
}

interface Follow {
  readonly entered: Entered;
  readonly start: Place;
  readonly limit: number;
  readonly waitMs: number;
  readonly filter: ChangesFilter | undefined;
}

interface Step {
  readonly events: readonly RecordedEvent[];
  /** Where to go on from. */
  readonly place: Place;
}

/** Waits for something new, and reads the next entries; of those, what matches. */
async function readStep(context: ServerContext, { entered, start, limit, waitMs, filter }: Follow): Promise<Step> {
  const { tenant } = entered;
  const { ledger, sequence: first } = await waitForMore(context, { tenant, place: start, waitMs });
  const { events, next } = await context.threads.reader.call("changes", {
    ...{ tenantNo: tenant.no, ledger, first, limit },
    ...(filter === undefined ? {} : { filter }),
  });
  return { events, place: { ledger, sequence: next } };
}

/** Behind a wall an answer comes when there is something within, not when anything is recorded: calls count nothing beyond. */
async function readWithinWall(context: ServerContext, follow: Follow): Promise<Step> {
  const { limit, waitMs } = follow;
  const startedAt = performance.now();
  let start = follow.start;
  for (;;) {
    const leftMs = Math.max(0, startedAt + waitMs - performance.now());
    const { events, place } = await readStep(context, { ...follow, start, limit: WALLED_STEP, waitMs: leftMs });
    const last = events[limit - 1];
    if (last !== undefined)
      return { events: events.slice(0, limit), place: { ledger: last.ledger, sequence: last.sequence + 1 } };
    const isEnd = place.ledger === start.ledger && place.sequence === start.sequence;
    const spentMs = performance.now() - startedAt;
    if (events.length > 0 || (isEnd && spentMs >= waitMs) || spentMs >= Math.max(waitMs, WALLED_MS))
      return { events, place };
    start = place;
  }
}

function startOf(context: ServerContext, tenant: Tenant, after: string): Place {
  const log = readLog(context.side.db, tenant.no, EVENT_LOG);
  if (after === "") return { ledger: 1, sequence: 0 };
  if (after === "now") return { ledger: log.ledger, sequence: log.size };
  const [, ledger, sequence] = /^(\d{1,4})\.(\d{1,15})$/.exec(after) ?? [];
  if (ledger === undefined || sequence === undefined)
    throw new CairnError("cursor_invalid", "the cursor is none of this call");
  return { ledger: Number(ledger), sequence: Number(sequence) };
}

/** Waits for an entry at the place; an epoch that is over hands over to the next one. */
async function waitForMore(
  context: ServerContext,
  wait: { readonly tenant: Tenant; readonly place: Place; readonly waitMs: number },
): Promise<Place> {
  const until = performance.now() + wait.waitMs;
  for (;;) {
    const log = readLog(context.side.db, wait.tenant.no, EVENT_LOG);
    if (wait.place.ledger < log.ledger) {
      const old = context.side.db.get<{ size: number }>(
        "SELECT size FROM logs WHERE tenant_no = ? AND log = ? AND ledger = ?",
        wait.tenant.no,
        EVENT_LOG,
        wait.place.ledger,
      );
      return wait.place.sequence < (old?.size ?? 0) ? wait.place : { ledger: wait.place.ledger + 1, sequence: 0 };
    }
    if (log.size > wait.place.sequence || performance.now() >= until || context.stopped() !== undefined)
      return wait.place;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
