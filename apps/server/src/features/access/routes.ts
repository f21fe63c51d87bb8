import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../context.ts";
import { groupRoutes } from "./group-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import { memberRoutes } from "./member-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import { providerRoutes } from "./provider-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { settingsRoutes } from "./settings-routes.ts";
import { tenantRoutes } from "./tenant-routes.ts";
import { viewerTokenRoutes } from "./viewer-token-routes.ts";

/** Management of who may do what: whatever the portal does, a script can do. */
export function accessRoutes(app: FastifyInstance, context: ServerContext): void {
  memberRoutes(app, context);
  groupRoutes(app, context);
  sessionRoutes(app, context);
  keyRoutes(app, context);
  settingsRoutes(app, context);
  providerRoutes(app, context);
  tenantRoutes(app, context);
  projectRoutes(app, context);
  viewerTokenRoutes(app, context);
}
