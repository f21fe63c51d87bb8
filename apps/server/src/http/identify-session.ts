import type { Member } from "@cairn/ledger";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isOperatorTenant } from "../access/operator-tenant.ts";
import { type Permission, permissionsOfRole } from "../access/permissions.ts";
import type { Principal } from "../access/principal.ts";
import { demandLive } from "../access/standing.ts";
import { joinWalls } from "../access/wall.ts";
import type { ServerContext } from "../context.ts";

/** With TLS the name binds the cookie to this host and path (RFC 6265bis §4.1.3.2); browsers refuse it without. */
const COOKIE = "cairn_session";
const HOST_COOKIE = `__Host-${COOKIE}`;

function cookieName(request: FastifyRequest): string {
  return request.protocol === "https" ? HOST_COOKIE : COOKIE;
}

/** The token of a browser's session, if it sent one. */
export function sessionCookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request)];
}

const options = (request: FastifyRequest) =>
  ({ path: "/", httpOnly: true, sameSite: "strict", secure: request.protocol === "https" }) as const;

/** Gives a browser its session. */
export function setSessionCookie(
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  session: { readonly token: string; readonly expiresAtMs: number },
): void {
  const { request, reply } = exchange;
  const expires = new Date(session.expiresAtMs);
  reply.setCookie(cookieName(request), session.token, { ...options(request), expires });
}

/** Takes a browser's session away. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(cookieName(request), options(request));
}

/** Tells whose session a token opens. Nothing is remembered: what was revoked ends at once. @throws CairnError tenant_suspended */
export function identifySession(context: ServerContext, token: string): Principal | undefined {
  const session = context.sessions.find(token);
  if (session === undefined) return undefined;
  const tenant = context.side.registry.tenant(session.tenantNo);
  if (tenant === undefined || tenant.deletedAtMs !== undefined) return undefined;
  const isOperator = isOperatorTenant(tenant);
  const common = { projectNo: tenant.projectNo, tenantNo: tenant.no, isOperator, sessionId: session.id };
  if (session.memberId === undefined) {
    demandLive(tenant);
    const role = isOperator ? "operator" : "owner";
    const permissions = permissionsOfRole(role, false);
    return { ...common, kind: "link", id: session.id, permissions, wall: undefined, role };
  }
  const member = context.side.access.members.find(session.memberId);
  if (member === undefined || !isActive(member)) return undefined;
  demandLive(tenant);
  const wall = wallOf(context, member);
  const { id, role, name, email } = member;
  // A password alone is not enough here: until there is a second factor they can do nothing but set one up.
  const isIncomplete =
    tenant.settings.needsSecondFactor === true &&
    session.method === "password" &&
    member.credentials.totp === undefined;
  const permissions = isIncomplete ? NOTHING : permissionsOfRole(role, wall !== undefined);
  return {
    ...common,
    kind: "member",
    id,
    permissions,
    wall,
    role,
    name,
    email,
    isOperator: role === "operator",
    ...(isIncomplete ? { lacksSecondFactor: true } : {}),
  };
}

const NOTHING: ReadonlySet<Permission> = new Set();

/** Tells whether a member may come in now. */
export function isActive({ state, expiresAtMs }: Member): boolean {
  return state === "active" && (expiresAtMs === undefined || expiresAtMs > Date.now());
}

function wallOf({ side }: ServerContext, member: Member): string | undefined {
  if (member.groups.length === 0) return member.wall;
  const groups = side.access.groups.list(member.tenantNo);
  const walls = groups.flatMap(({ id, wall }) => (wall !== undefined && member.groups.includes(id) ? [wall] : []));
  return joinWalls(member.wall, walls);
}
