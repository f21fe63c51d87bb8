import { COMMAND_LINE_ACTOR } from "../access/actor.ts";
import type { ServerContext } from "../context.ts";
import { prepareInvitation } from "../features/access/invite.ts";
import { targetOf } from "../features/access/member-routes.ts";

/** Whose way in is lost. */
export interface ResetRequest {
  readonly email: string;
  readonly project?: string;
  readonly tenant?: string;
}

/** Makes a link by which a member chooses a new password, and records that; everything else they sign in with ends when it is used. */
export async function resetMember(
  { email, project, tenant }: ResetRequest,
  context: ServerContext,
): Promise<{ readonly url: string }> {
  const { access, registry } = context.side;
  const found = access.members.withEmail(email).filter((member) => {
    const own = registry.tenant(member.tenantNo);
    const isNamed = (project ?? own?.projectId) === own?.projectId && (tenant ?? own?.id) === own?.id;
    return member.state !== "removed" && own?.deletedAtMs === undefined && isNamed;
  });
  const [member, another] = found;
  if (member === undefined) throw new Error(`there is no member ${email}`);
  if (another !== undefined) throw new Error(`${email} is a member of several tenants; give --project and --tenant`);
  const invitation = prepareInvitation(context, member);
  const event = {
    action: "member.invitation_renewed",
    actor: COMMAND_LINE_ACTOR,
    targets: [targetOf(member)],
  };
  await context.own.change([invitation.change], [{ tenantNo: member.tenantNo, category: "people", event }]);
  return { url: invitation.url };
}
