import { CairnError } from "@cairn/event";
import type { Member } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { requireIdentity } from "../../http/principal.ts";
import { ownMember } from "../access/member-routes.ts";

/** A member who asks about themselves. */
export interface Self {
  readonly principal: Principal;
  readonly member: Member;
}

/**
 * Lets a member in to their own account, also while they lack a second factor that the tenant requires.
 * @throws CairnError unauthenticated, tenant_suspended; forbidden for everybody but members
 */
export function enterSelf(context: ServerContext, request: FastifyRequest): Self {
  const principal = requireIdentity(context, request);
  return { principal, member: ownMember(context, principal) };
}

/**
 * The same for what is no part of setting up a second factor: whoever knows no more than a password must not take away what
 * the member signs in with, nor end their sessions.
 * @throws CairnError as {@link enterSelf}, and second_factor_missing
 */
export function enterWholeSelf(context: ServerContext, request: FastifyRequest): Self {
  const self = enterSelf(context, request);
  if (self.principal.lacksSecondFactor === true)
    throw new CairnError("second_factor_missing", "the tenant requires a second factor, and there is none yet");
  return self;
}
