import { CairnError, parseQuery } from "@cairn/event";
import { EVENT_LOG, readLog, type Tenant } from "@cairn/ledger";
import { resolveSubjects } from "@cairn/search";
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../context.ts";
import { authenticate, tenantOf } from "../../http/principal.ts";
import type { SubjectSets } from "../../threads/reader-api.ts";
import { translated } from "../search/translate.ts";

const ChangesSchema = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        maxLength: 40,
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

/** The log in order of sequence, for machines. */
export function changesRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get<{ Querystring: Static<typeof ChangesSchema> }>(
    "/v1/changes",
    { schema: { summary: "Follow the log in order of sequence", tags: ["reading"], querystring: ChangesSchema } },
    async (request) => {
      const tenant = tenantOf(context, request, authenticate(context, request, "events:read"));
      const { after = "", q, limit = 100, wait_seconds: waitSeconds = 0 } = request.query;
      let place = startOf(context, tenant, after);
      place = await waitForMore(context, { tenant, place, waitMs: waitSeconds * 1_000 });
      const subjects = q === undefined ? undefined : await translated(() => subjectSets(context, tenant, q));
      const { events, next } = await context.threads.readers[0]!.call("changes", {
        tenantNo: tenant.no,
        ledger: place.ledger,
        first: place.sequence,
        limit,
        ...(q === undefined || subjects === undefined ? {} : { filter: { q, subjects, nowMs: Date.now() } }),
      });
      return { changes: events.map((event) => ({ type: "event", event })), next: `${place.ledger}.${next}` };
    },
  );
}

interface Place {
  readonly ledger: number;
  readonly sequence: number;
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

/** Who the people of a query are, for the reader thread, which has no index to ask. */
async function subjectSets(context: ServerContext, tenant: Tenant, q: string): Promise<SubjectSets> {
  const query = parseQuery(q, { nowMs: Date.now() });
  const found = await resolveSubjects(context.search.index(), { tenantNo: tenant.no, query });
  return [...found].map(([key, refs]) => [key, [...refs]] as const);
}
