import { LIMITS } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../context.ts";
import { cloudEventsRoutes } from "./cloudevents/routes.ts";
import { fhirRoutes } from "./fhir/routes.ts";
import { otlpRoutes } from "./otlp/routes.ts";
import { retracedRoutes } from "./retraced/routes.ts";
import { splunkHecRoutes } from "./splunk-hec/routes.ts";
import { workosRoutes } from "./workos/routes.ts";

const PROTOCOLS = [otlpRoutes, splunkHecRoutes, cloudEventsRoutes, fhirRoutes, workosRoutes, retracedRoutes];

/** Protocols that other programs speak already, each in a scope of its own: bodies come as bytes, errors go in its words. */
export async function protocolRoutes(app: FastifyInstance, context: ServerContext): Promise<void> {
  for (const routes of PROTOCOLS)
    await app.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: LIMITS.batchBytes }, (_request, body, finish) =>
        finish(null, body),
      );
      // What was recorded or read is nobody else's on the way.
      scope.addHook("onSend", async (_request, reply) => {
        if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
      });
      routes(scope, context);
      done();
    });
}
