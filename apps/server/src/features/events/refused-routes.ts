import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../context.ts";
import { enter } from "../../http/principal.ts";

const RefusedSchema = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
  },
  { additionalProperties: false },
);

/** Events that were refused in the last day, for their owner. */
export function refusedRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get<{ Querystring: Static<typeof RefusedSchema> }>(
    "/v1/refused",
    { schema: { summary: "Events refused in the last 24 hours", tags: ["recording"], querystring: RefusedSchema } },
    async (request) => {
      const { tenant } = enter(context, request, "refused:read");
      const { limit = 100, cursor } = request.query;
      const rows = await context.threads.reader.call("refused", {
        tenantNo: tenant.no,
        before: cursor === undefined ? undefined : Number(cursor),
        limit,
      });
      return {
        refused: rows.map((row) => ({
          refused_at: new Date(row.refusedAtMs).toISOString(),
          error: parse(row.error),
          event: parse(row.event),
          ...(row.source === undefined ? {} : { source: row.source }),
        })),
        next: rows.length < limit ? null : String(rows.at(-1)?.no ?? 0),
      };
    },
  );
}

/** Long events are kept cut and are then no JSON any more. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
