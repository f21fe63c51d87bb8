import type { FastifyInstance, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import { actorOf, contextOf } from "../../access/actor.ts";
import type { ServerContext } from "../../context.ts";
import { clearSessionCookie, setSessionCookie } from "../../http/identify-session.ts";
import { identify } from "../../http/principal.ts";
import { demandSameOrigin } from "../../http/same-origin.ts";
import type { PageFile } from "./built-page.ts";
import { protect, sendFile } from "./send-file.ts";

const FirstUseQuery = Type.Object({ token: Type.String({ maxLength: 200 }) }, { additionalProperties: false });

/** Signing in by a link that works once, and signing out. */
export function firstUseRoutes(
  app: FastifyInstance,
  context: ServerContext,
  page: ReadonlyMap<string, PageFile>,
): void {
  app.get<{ Querystring: Static<typeof FirstUseQuery> }>(
    "/first-use",
    {
      // Reading a link's header must not use it up.
      exposeHeadRoute: false,
      schema: { hide: true, querystring: FirstUseQuery },
    },
    async (request, reply) => {
      protect(reply).header("cache-control", "no-store");
      // Nor must a browser that looks ahead: it asks again when somebody really goes there.
      if (isPrefetch(request)) return reply.code(503).send();
      const link = context.links.redeem(request.query.token, Date.now());
      const tenant = link && context.side.registry.tenant(link.tenantNo);
      if (tenant !== undefined && tenant.deletedAtMs === undefined) {
        const actor = { type: "operator", id: "first-use-link", name: context.config.operatorName };
        const signingIn = { tenantNo: tenant.no, member: undefined, method: "link", actor } as const;
        setSessionCookie({ request, reply }, await context.sessions.open(request, signingIn));
        return reply.redirect("/", 303);
      }
      reply.code(403);
      const refusal = page.get("used-link.html");
      if (refusal !== undefined) return sendFile({ request, reply }, refusal, "never");
      return reply
        .type("text/plain; charset=utf-8")
        .send("This link has been used, or is older than an hour. `npx cairn link` makes another.\n");
    },
  );

  app.post(
    "/v1/session/end",
    { schema: { summary: "End the browser session", tags: ["session"] } },
    async (request, reply) => {
      demandSameOrigin(request);
      await endSession(context, request);
      clearSessionCookie(request, reply);
      return reply.header("cache-control", "no-store").code(204).send();
    },
  );
}

/** Ends the session that the browser sent, if it is one. Whoever has none is signed out already. */
async function endSession(context: ServerContext, request: FastifyRequest): Promise<void> {
  const principal = request.headers.authorization === undefined ? identify(context, request) : undefined;
  if (principal?.sessionId === undefined || principal.tenantNo === undefined) return;
  const { operatorName } = context.config;
  const event = {
    action: "member.signed_out",
    verb: "logout",
    actor: actorOf(principal, { tenantNo: principal.tenantNo, operatorName }),
    context: contextOf(request, principal),
  };
  await context.own.change(
    [{ kind: "no_session", id: principal.sessionId }],
    [{ tenantNo: principal.tenantNo, category: "sign-in", event }],
  );
}

function isPrefetch(request: FastifyRequest): boolean {
  return String(request.headers["sec-purpose"] ?? request.headers.purpose ?? "").includes("prefetch");
}
