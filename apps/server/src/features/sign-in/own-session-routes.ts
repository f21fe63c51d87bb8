import { CairnError } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import { perform } from "../../access/change-log.ts";
import type { ServerContext } from "../../context.ts";
import { type Id, IdParams } from "../access/schema.ts";
import { presentSession } from "../access/session-routes.ts";
import { enterWholeSelf, type Self } from "./self.ts";

/** Where a member is signed in, for every member: seeing and ending the sessions of others is administration. */
export function ownSessionRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["session"] };
  const sessionsOf = ({ member }: Self) =>
    context.sessions.list(member.tenantNo).filter(({ memberId }) => memberId === member.id);

  app.get("/v1/me/sessions", { schema: { ...meta, summary: "Where one is signed in" } }, async (request) => {
    const self = enterWholeSelf(context, request);
    return {
      sessions: sessionsOf(self).map((session) =>
        presentSession(session, { isOwn: session.id === self.principal.sessionId }),
      ),
    };
  });

  app.delete<{ Params: Id }>(
    "/v1/me/sessions/:id",
    { schema: { ...meta, summary: "End one of one's own sessions at once", params: IdParams } },
    async (request, reply) => {
      const self = enterWholeSelf(context, request);
      const session = sessionsOf(self).find(({ id }) => id === request.params.id);
      if (session === undefined) throw new CairnError("not_found", "there is no such session");
      await perform(
        context,
        { principal: self.principal, request },
        {
          tenant: context.side.registry.tenant(self.member.tenantNo)!,
          access: [{ kind: "no_session", id: session.id }],
          action: "session.revoked",
          category: "sign-in",
          target: { type: "session", id: session.id },
          details: { member: self.member.id },
        },
      );
      return reply.code(204).send();
    },
  );
}
