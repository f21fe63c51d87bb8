import type { FastifyInstance, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../context.ts";
import { SESSION_COOKIE } from "../../http/session.ts";
import type { PageFile } from "./built-page.ts";
import { demandSameOrigin } from "./same-origin.ts";
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
      const session = context.sessions.redeemLink(request.query.token, Date.now());
      if (session !== undefined) {
        reply.setCookie(SESSION_COOKIE, context.sessions.sign(session), {
          ...cookieOptions(request),
          expires: new Date(session.expiresAtMs),
        });
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
    (request, reply) => {
      demandSameOrigin(request);
      return reply
        .clearCookie(SESSION_COOKIE, cookieOptions(request))
        .header("cache-control", "no-store")
        .code(204)
        .send();
    },
  );
}

function cookieOptions(request: FastifyRequest) {
  return { path: "/", httpOnly: true, sameSite: "strict", secure: request.protocol === "https" } as const;
}

function isPrefetch(request: FastifyRequest): boolean {
  return String(request.headers["sec-purpose"] ?? request.headers.purpose ?? "").includes("prefetch");
}
