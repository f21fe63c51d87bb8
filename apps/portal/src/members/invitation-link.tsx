import type { Invitation } from "../api/access-answers.ts";
import { CopyButton } from "../shared/copy-button.tsx";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";

interface InvitationLinkProps {
  readonly email: string;
  readonly invitation: Invitation;
  /** IANA name. */
  readonly zone: string;
}

/** The link of an invitation, to be handed over; or where it was sent. */
export function InvitationLink({ email, invitation, zone }: InvitationLinkProps) {
  const until = showMinute(invitation.expires_at, zone);
  if (invitation.url === undefined) return <p role="status">{t.members.sentTo(invitation.sent_to ?? email, until)}</p>;
  return (
    <div className="form">
      <p role="status">{t.members.linkFor(email, until)}</p>
      <pre className="once">{invitation.url}</pre>
      <p className="notice-actions">
        <CopyButton label={t.members.copyLink} text={invitation.url} />
      </p>
    </div>
  );
}
