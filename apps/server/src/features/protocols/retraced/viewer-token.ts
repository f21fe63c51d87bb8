import { CairnError } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../../context.ts";
import { VIEWER_TOKEN_PREFIX } from "../../../http/identify-viewer.ts";
import { authenticateSender } from "../sender.ts";
import { tenantNamed } from "../tenant-named.ts";
import { retracedCredentials } from "./credentials.ts";

const VIEWER_TOKEN_MS = 5 * 60_000;

const Params = Type.Object({ project: Type.String({ maxLength: 200 }) });
const QuerySchema = Type.Object({
  group_id: Type.String({ minLength: 1, maxLength: 100 }),
  actor_id: Type.String({ minLength: 1, maxLength: 200, description: "The viewer as the product knows them." }),
  is_admin: Type.Optional(Type.String({ maxLength: 10 })),
  view_log_action: Type.Optional(Type.String({ maxLength: 200 })),
});

/** Retraced's viewer token: one of Cairn's, for the log of the group. */
export function viewerTokenRoute(app: FastifyInstance, context: ServerContext): void {
  app.get<{ Params: Static<typeof Params>; Querystring: Static<typeof QuerySchema> }>(
    "/publisher/v1/project/:project/viewertoken",
    {
      schema: {
        tags: ["protocols"],
        summary: "Make a viewer token (Retraced)",
        params: Params,
        querystring: QuerySchema,
      },
    },
    async (request) => {
      const principal = authenticateSender(context, request, {
        permission: "viewer-tokens",
        credentials: retracedCredentials,
      });
      const { group_id: group, actor_id: viewer } = request.query;
      const tenant = tenantNamed(context, request, { principal, named: group });
      if (principal.kind !== "key" && principal.kind !== "member")
        throw new CairnError("forbidden", "a link makes no tokens: become a member first");
      const expiresAtMs = Date.now() + VIEWER_TOKEN_MS;
      const said = { tenantNo: tenant.no, viewer, wall: undefined, keyId: principal.id };
      await context.readings.tokenMade({ principal, tenant, request }, viewer);
      return { token: `${VIEWER_TOKEN_PREFIX}${context.viewerTokens.write(said, expiresAtMs)}` };
    },
  );
}
