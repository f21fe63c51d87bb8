import type { AccessChange, Member } from "@cairn/ledger";
import { newToken, tokenDigest } from "../../access/token.ts";
import type { ServerContext } from "../../context.ts";

/** How long an invitation waits. */
const INVITATION_MS = 7 * 86_400_000;

/** An invitation before it is written down. */
export interface PreparedInvitation {
  readonly change: AccessChange;
  readonly url: string;
  readonly expiresAtMs: number;
}

/** Makes a link by which a member sets how to sign in, in place of any earlier one. */
export function prepareInvitation(context: ServerContext, { id }: Pick<Member, "id">): PreparedInvitation {
  const token = newToken();
  const expiresAtMs = Date.now() + INVITATION_MS;
  return {
    change: { kind: "invitation", invitation: { memberId: id, expiresAtMs }, digest: tokenDigest(token) },
    // Behind the #: it reaches no access log.
    url: `${context.url()}/#invitation=${token}`,
    expiresAtMs,
  };
}

/** Sends an invitation, or gives it to whoever asked. @throws CairnError mail_unavailable */
export async function deliver(
  context: ServerContext,
  { url, expiresAtMs }: PreparedInvitation,
  to: { readonly member: Member; readonly tenantName: string; readonly send: boolean },
): Promise<object> {
  const expires_at = new Date(expiresAtMs).toISOString();
  if (!to.send) return { url, expires_at };
  await context.mail.sendInvitation({ to: to.member.email, url, tenantName: to.tenantName, expiresAtMs });
  return { sent_to: to.member.email, expires_at };
}
