import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { createRoutes } from "./create-routes.ts";
import { answerFault } from "./outcome.ts";
import { searchRoutes } from "./search-routes.ts";

/** FHIR R4 AuditEvent, in and out. `docs/sources/fhir.md` has the mapping. */
export function fhirRoutes(app: FastifyInstance, context: ServerContext): void {
  app.setErrorHandler(answerFault);
  createRoutes(app, context);
  searchRoutes(app, context);
}
