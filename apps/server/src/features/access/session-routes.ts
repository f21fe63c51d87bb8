import { CairnError } from "@cairn/event";
import type { Session } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import { perform, shownTime } from "../../access/change-log.ts";
import type { ServerContext } from "../../context.ts";
import { enter } from "../../http/principal.ts";
import { type Id, IdParams } from "./schema.ts";

/** Sessions of a tenant's members, to be looked at and ended. */
export function sessionRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["access"] };

  app.get("/v1/sessions", { schema: { ...meta, summary: "Sessions that are live" } }, async (request) => {
    const { tenant, principal } = enter(context, request, "members:read");
    return {
      sessions: context.sessions
        .list(tenant.no)
        .map((session) => presentSession(session, { isOwn: session.id === principal.sessionId })),
    };
  });

  app.delete<{ Params: Id }>(
    "/v1/sessions/:id",
    { schema: { ...meta, summary: "End a session at once", params: IdParams } },
    async (request, reply) => {
      const { tenant, principal } = enter(context, request, "members:write");
      const session = context.sessions.list(tenant.no).find(({ id }) => id === request.params.id);
      if (session === undefined) throw new CairnError("not_found", "there is no such session");
      await perform(
        context,
        { principal, request },
        {
          tenant,
          access: [{ kind: "no_session", id: session.id }],
          action: "session.revoked",
          category: "sign-in",
          target: { type: "session", id: session.id },
          details: { member: session.memberId ?? null },
        },
      );
      return reply.code(204).send();
    },
  );
}

/** A session as the API shows it; the id opens nothing. */
export function presentSession(session: Session, { isOwn }: { readonly isOwn: boolean }): object {
  return {
    id: session.id,
    member: session.memberId ?? null,
    method: session.method,
    address: session.address,
    user_agent: session.userAgent,
    created_at: shownTime(session.createdAtMs),
    last_seen_at: shownTime(session.lastSeenAtMs),
    expires_at: shownTime(session.expiresAtMs),
    own: isOwn,
  };
}
