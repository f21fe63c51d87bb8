import { LIMITS } from "@cairn/event";
import type { FastifyInstance } from "fastify";

/** Gives routes a scope in which bodies are parsed as JSON and checked by schema, as everywhere else. */
export function withJsonBodies(app: FastifyInstance, routes: (scope: FastifyInstance) => void): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    const parser = scope.getDefaultJsonParser("error", "error");
    scope.addContentTypeParser("application/json", { parseAs: "string", bodyLimit: LIMITS.eventBytes }, parser);
    routes(scope);
    done();
  });
}
