import { CairnError } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import { checkWall } from "../../access/wall.ts";
import type { ServerContext } from "../../context.ts";
import { VIEWER_TOKEN_PREFIX } from "../../http/identify-viewer.ts";
import { demandGrant, enter } from "../../http/principal.ts";
import { type ViewerTokenRequest, ViewerTokenSchema } from "./schema.ts";

/** Long enough for a page to load and ask for the next, too short to be worth stealing. */
const VIEWER_TOKEN_MS = 5 * 60_000;

/** Tokens with which a product shows a tenant its log. */
export function viewerTokenRoutes(app: FastifyInstance, context: ServerContext): void {
  app.post<{ Body: ViewerTokenRequest }>(
    "/v1/viewer-tokens",
    { schema: { tags: ["access"], summary: "Make a token that reads for five minutes", body: ViewerTokenSchema } },
    async (request, reply) => {
      const entered = enter(context, request, "viewer-tokens");
      const { principal, tenant } = entered;
      demandGrant(principal, tenant);
      if (principal.kind !== "key" && principal.kind !== "member")
        throw new CairnError("forbidden", "a link makes no tokens: become a member first");
      const { viewer, wall } = request.body;
      if (wall !== undefined) checkWall(wall);
      const expiresAtMs = Date.now() + VIEWER_TOKEN_MS;
      const token = context.viewerTokens.write({ tenantNo: tenant.no, viewer, wall, keyId: principal.id }, expiresAtMs);
      await context.readings.tokenMade({ ...entered, request }, viewer);
      return reply
        .code(201)
        .send({ token: `${VIEWER_TOKEN_PREFIX}${token}`, expires_at: new Date(expiresAtMs).toISOString() });
    },
  );
}
