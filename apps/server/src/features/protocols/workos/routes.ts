import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { withJsonBodies } from "../json-bodies.ts";
import { answerFault } from "./answer-fault.ts";
import { eventRoute } from "./event-route.ts";
import { exportRoutes } from "./export-routes.ts";
import { schemaRoutes } from "./schema-routes.ts";

/** Audit Logs of WorkOS: host and key changed, nothing else. `docs/sources/workos.md` says what is there. */
export function workosRoutes(app: FastifyInstance, context: ServerContext): void {
  app.setErrorHandler(answerFault);
  eventRoute(app, context);
  withJsonBodies(app, (scope) => {
    schemaRoutes(scope, context);
    exportRoutes(scope, context);
  });
}
