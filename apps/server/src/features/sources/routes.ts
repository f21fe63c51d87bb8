import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../context.ts";
import { sourceManagementRoutes } from "./manage-routes.ts";
import { sourceTrialRoutes } from "./try-routes.ts";
import { sourceWebhookRoutes } from "./webhook-routes.ts";

/** Sources that are configured: setting them up, trying them, and where they deliver to. */
export async function sourceRoutes(app: FastifyInstance, context: ServerContext): Promise<void> {
  sourceManagementRoutes(app, context);
  sourceTrialRoutes(app, context);
  // Bodies come as bytes there, in a scope of its own.
  await app.register((scope, _options, done) => {
    sourceWebhookRoutes(scope, context);
    done();
  });
}
