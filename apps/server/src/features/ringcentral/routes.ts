import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../context.ts";
import { AccessTokens } from "./access-tokens.ts";
import { accountRoutes } from "./account-routes.ts";
import { answerRingCentralError, noSuchResource } from "./errors.ts";
import { tokenRoutes } from "./token-routes.ts";

/** Filters of a search at their longest stay far below. */
const BODY_BYTES = 256 * 1024;

/**
 * RingCentral's API as far as a program needs it that collects the audit trail: such a program reads the log of a tenant when
 * nothing but its server and its credentials are changed. `docs/sources/ringcentral.md` describes it.
 */
export async function ringCentralRoutes(app: FastifyInstance, context: ServerContext): Promise<void> {
  const tokens = new AccessTokens();
  await app.register(
    (scope, _options, done) => {
      scope.setErrorHandler(answerRingCentralError);
      scope.setNotFoundHandler((request, reply) => answerRingCentralError(noSuchResource(), request, reply));
      scope.addContentTypeParser(
        "application/x-www-form-urlencoded",
        { parseAs: "string", bodyLimit: BODY_BYTES },
        (_request, body, parsed) => parsed(null, Object.fromEntries(new URLSearchParams(body.toString()))),
      );
      // Everything in a search is optional, and some clients send nothing instead of an empty object.
      const readJson = scope.getDefaultJsonParser("error", "error");
      scope.removeContentTypeParser("application/json");
      scope.addContentTypeParser(
        "application/json",
        { parseAs: "string", bodyLimit: BODY_BYTES },
        (request, body, parsed) => (body === "" ? parsed(null, {}) : readJson(request, body.toString(), parsed)),
      );
      scope.addHook("preValidation", async (request) => {
        if (request.method === "POST") request.body ??= {};
      });
      scope.addHook("onSend", async (_request, reply) => {
        reply.header("cache-control", "no-store");
      });
      tokenRoutes(scope, context, tokens);
      accountRoutes(scope, context, tokens);
      done();
    },
    { prefix: "/restapi" },
  );
}
