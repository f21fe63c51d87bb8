import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Group, Invitation, Member } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { endOfDay } from "../shared/days.ts";
import { Dialog } from "../shared/dialog.tsx";
import { CheckField, Form, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { InvitationLink } from "./invitation-link.tsx";
import { type MemberDraft, MemberFields } from "./member-fields.tsx";
import { isAboutWall } from "./wall-field.tsx";

interface InviteDialogProps {
  readonly groups: readonly Group[];
  /** IANA name. */
  readonly zone: string;
  /** Of an operator: the tenant whose first owner is invited. */
  readonly at?: { readonly project: string; readonly tenant: string };
  readonly onClose: () => void;
}

/** Invites somebody: by mail, or with a link to hand over. */
export function InviteDialog({ groups, zone, at, onClose }: InviteDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const who = useWho();
  const isOwnOperators = at === undefined && who.project === "operator" && who.tenant === "operator";
  const [email, setEmail] = useState("");
  const [isSent, setSent] = useState(false);
  const [draft, setDraft] = useState<MemberDraft>({
    role: at !== undefined ? "owner" : isOwnOperators ? "operator" : "analyst",
    groups: [],
    wall: "",
    lastDay: "",
  });
  const invite = useMutation({
    mutationFn: (wall: string) => {
      const expires_at = endOfDay(draft.lastDay);
      const body = {
        email: email.trim(),
        role: draft.role,
        groups: draft.groups,
        ...(wall === "" ? {} : { wall }),
        ...(expires_at === undefined ? {} : { expires_at }),
        ...(isSent ? { send: true } : {}),
      };
      return api.send<Member & { readonly invitation: Invitation }>("POST", "/v1/members", {
        body,
        ...(at === undefined ? {} : { at }),
      });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["members"] }),
  });
  return (
    <Dialog title={t.members.invite} onClose={onClose}>
      {invite.data === undefined ? (
        <Form
          submit={isSent ? t.members.inviteByMail : t.members.inviteByLink}
          isBusy={invite.isPending}
          error={isAboutWall(invite.error) ? null : invite.error}
          onSubmit={() => invite.mutate(draft.wall.trim())}
        >
          <TextField label={t.account.email} type="email" value={email} isRequired isFirst onChange={setEmail} />
          <MemberFields
            draft={draft}
            onDraft={setDraft}
            groups={groups}
            error={invite.error}
            sentWall={invite.variables}
          />
          <CheckField
            label={t.members.send}
            hint={t.members.sendText}
            isOn={isSent}
            onChange={(state) => setSent(state === "on")}
          />
        </Form>
      ) : (
        <InvitationLink email={invite.data.email} invitation={invite.data.invitation} zone={zone} />
      )}
    </Dialog>
  );
}
