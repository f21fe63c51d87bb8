import type { FastifyRequest } from "fastify";
import type { Principal } from "./principal.ts";

/** Who acts in an event of the server itself, as `POST /v1/events` takes it. */
export type OwnActor = Readonly<Record<string, unknown>> & { readonly type: string };

/** Acts by itself: what expires. */
export const SYSTEM_ACTOR: OwnActor = { type: "system", id: "system", name: "System" };
/** Acts on the machine that the server runs on. */
export const COMMAND_LINE_ACTOR: OwnActor = { type: "system", id: "cairn", name: "Cairn command line" };

/**
 * How a log names whoever sends a request. Operators go by the displayed name in every log but their own, with the id that
 * their own log explains.
 */
export function actorOf(
  principal: Principal,
  at: { readonly tenantNo: number; readonly operatorName: string },
): OwnActor {
  switch (principal.kind) {
    case "key":
      return { type: "api", id: principal.id, name: "Provisioning API" };
    case "viewer":
      return { type: "user", id: principal.id };
    case "link":
      return { type: "operator", id: "first-use-link", name: at.operatorName };
    case "member": {
      const { id, name, email, role } = principal;
      if (!principal.isOperator) return { type: "user", id, name, email, role };
      if (principal.tenantNo === at.tenantNo) return { type: "operator", id, name, email, role };
      return { type: "operator", id, name: at.operatorName, role };
    }
  }
}

/** Where a request came from, as an event's context. */
export function contextOf(request: FastifyRequest, principal?: Principal): Readonly<Record<string, unknown>> {
  const userAgent = request.headers["user-agent"]?.slice(0, MAX_AGENT_CHARS);
  return {
    ip: request.ip,
    ...(userAgent === undefined || userAgent === "" ? {} : { user_agent: userAgent }),
    ...(principal?.sessionId === undefined ? {} : { session_id: principal.sessionId }),
    request_id: request.id,
  };
}

/** As much of a browser's name as tells it from others. */
const MAX_AGENT_CHARS = 500;
