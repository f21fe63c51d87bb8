import { CairnError, type RecordedEvent } from "@cairn/event";
import { EVENT_LOG } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../context.ts";
import { enter } from "../../http/principal.ts";
import { recordView } from "../search/record-reading.ts";
import { readEvent } from "./read-event.ts";

const PlaceParams = Type.Object({
  ledger: Type.Integer({ minimum: 1, maximum: 1_000 }),
  sequence: Type.Integer({ minimum: 0 }),
});

/** Events by place, and their proofs. */
export function eventRoutes(app: FastifyInstance, context: ServerContext): void {
  const reader = context.threads.reader;

  app.get<{ Params: Static<typeof PlaceParams> }>(
    "/v1/events/:ledger/:sequence",
    { schema: { summary: "Read one event by its place", tags: ["reading"], params: PlaceParams } },
    async (request): Promise<RecordedEvent> => {
      const entered = enter(context, request, "events:read");
      const event = await readEvent(context, entered, request.params);
      await recordView(context, { ...entered, request }, event);
      return event;
    },
  );

  app.get<{ Params: Static<typeof PlaceParams> }>(
    "/v1/events/:ledger/:sequence/proof",
    { schema: { summary: "Proof of one event, as C2SP tlog-proof", tags: ["reading"], params: PlaceParams } },
    async (request, reply) => {
      const entered = enter(context, request, "events:read");
      const { tenant } = entered;
      const { ledger } = request.params;
      // A proof discloses its event.
      const event = await readEvent(context, entered, request.params);
      const checkpoint = context.heads.get(tenant.no, EVENT_LOG, ledger);
      const proof =
        checkpoint && (await reader.call("proof", { tenantNo: tenant.no, place: request.params, checkpoint }));
      if (proof === undefined) throw new CairnError("not_found", "the log has no such event under a checkpoint");
      await recordView(context, { ...entered, request }, event);
      return reply.type("text/plain; charset=utf-8").send(proof);
    },
  );
}
