import type { Server } from "node:https";
import { CairnError, LIMITS } from "@cairn/event";
import cookie from "@fastify/cookie";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { ServerContext } from "../context.ts";
import { accessRoutes } from "../features/access/routes.ts";
import { categoryRoutes } from "../features/catalog/category-routes.ts";
import { catalogRoutes } from "../features/catalog/routes.ts";
import { changesRoutes } from "../features/changes/routes.ts";
import { refusedRoutes } from "../features/events/refused-routes.ts";
import { eventRoutes } from "../features/events/routes.ts";
import { exportRoutes } from "../features/exports/routes.ts";
import { ingestRoutes } from "../features/ingest/routes.ts";
import { logRoutes } from "../features/log/routes.ts";
import { operationRoutes } from "../features/operation/routes.ts";
import { pageRoutes } from "../features/page/routes.ts";
import { protocolRoutes } from "../features/protocols/routes.ts";
import { ringCentralRoutes } from "../features/ringcentral/routes.ts";
import { searchRoutes } from "../features/search/routes.ts";
import { invitationRoutes } from "../features/sign-in/invitation-routes.ts";
import { meRoutes } from "../features/sign-in/me-routes.ts";
import { oidcRoutes } from "../features/sign-in/oidc-routes.ts";
import { ownSessionRoutes } from "../features/sign-in/own-session-routes.ts";
import { signInRoutes } from "../features/sign-in/session-routes.ts";
import { sourceRoutes } from "../features/sources/routes.ts";
import { subjectRoutes } from "../features/subjects/routes.ts";
import { viewRoutes } from "../features/views/routes.ts";
import { answerClientError } from "./client-error.ts";
import { answerError } from "./errors.ts";
import { lazyValidators } from "./lazy-validators.ts";
import { guardRequests } from "./security.ts";
import { followTlsFiles, readTlsFiles } from "./tls-files.ts";

/** A request that has not arrived whole by then is dropped: slow senders must not hold buffers. */
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
/** Longest part of a path: an event's id, each sign of which may be written as nine. */
const PARAMETER_CHARS = 9 * LIMITS.idChars;
/** What Node is told of slow senders. It would take the longer of the two times for bodies, and look every half minute. */
const SLOW_SENDERS = {
  headersTimeout: REQUEST_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 5_000,
};

/** Builds the HTTP side: every route, one error answer, security headers. It does not listen. */
export async function buildApp(context: ServerContext): Promise<FastifyInstance> {
  const { config } = context;
  const { tlsCert: cert, tlsKey: key } = config;
  const tls = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  const app = Fastify({
    // What is worth a line is said by the features; the start is said by `serve`.
    loggerInstance: context.log.child({}, { level: "warn" }),
    // Queries hold names: a request line is never logged.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: "idle",
    ajv: { customOptions: { removeAdditional: false, coerceTypes: "array", allErrors: false } },
    schemaController: { compilersFactory: { buildValidator: lazyValidators() } },
    routerOptions: { maxParamLength: PARAMETER_CHARS },
    frameworkErrors: answerError,
    clientErrorHandler: answerClientError,
    ...(tls === undefined ? { http: SLOW_SENDERS } : { https: { ...readTlsFiles(tls), ...SLOW_SENDERS } }),
  }) as unknown as FastifyInstance;
  if (tls !== undefined) {
    const server = app.server as unknown as Server;
    const following = followTlsFiles(tls, { renew: (pair) => server.setSecureContext(pair), log: context.log });
    app.addHook("onClose", async () => following.stop());
  }
  await app.register(cookie);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Cairn", version: "0.1.0", description: "Record, search, export and verify events." },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
      security: [{ key: [] }],
    },
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    answerError(new CairnError("not_found", "there is no such path"), request, reply),
  );
  guardRequests(app, context);
  // Ingest has body parsers of its own, in a scope of its own.
  await app.register((scope, _options, done) => {
    ingestRoutes(scope, context);
    done();
  });
  eventRoutes(app, context);
  searchRoutes(app, context);
  changesRoutes(app, context);
  refusedRoutes(app, context);
  exportRoutes(app, context);
  logRoutes(app, context);
  catalogRoutes(app, context);
  categoryRoutes(app, context);
  accessRoutes(app, context);
  signInRoutes(app, context);
  oidcRoutes(app, context);
  invitationRoutes(app, context);
  meRoutes(app, context);
  ownSessionRoutes(app, context);
  subjectRoutes(app, context);
  viewRoutes(app, context);
  await sourceRoutes(app, context);
  operationRoutes(app, context);
  await ringCentralRoutes(app, context);
  await protocolRoutes(app, context);
  pageRoutes(app, context);
  await app.ready();
  return app;
}
