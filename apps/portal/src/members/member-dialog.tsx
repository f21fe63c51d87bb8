import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Group, Invitation, Member } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { AskFirst } from "../shared/ask-first.tsx";
import { dayOf, endOfDay } from "../shared/days.ts";
import { Dialog } from "../shared/dialog.tsx";
import { Form, Mistake, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { InvitationLink } from "./invitation-link.tsx";
import { type MemberDraft, MemberFields } from "./member-fields.tsx";
import { isAboutWall } from "./wall-field.tsx";

interface MemberDialogProps {
  readonly member: Member;
  readonly groups: readonly Group[];
  /** IANA name. */
  readonly zone: string;
  readonly onClose: () => void;
}

/** Changes a member, makes them another link, or removes them. */
export function MemberDialog({ member, groups, zone, onClose }: MemberDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const path = `/v1/members/${member.id}`;
  const [name, setName] = useState(member.name);
  const [draft, setDraft] = useState<MemberDraft>({
    role: member.role,
    groups: member.groups,
    wall: member.wall ?? "",
    lastDay: dayOf(member.expires_at),
  });
  const refresh = () => client.invalidateQueries();
  const change = useMutation({
    mutationFn: (wall: string) => {
      const isSameEnd = draft.lastDay === dayOf(member.expires_at);
      const body = {
        name: name.trim(),
        role: draft.role,
        groups: draft.groups,
        wall: wall === "" ? null : wall,
        ...(isSameEnd ? {} : { expires_at: endOfDay(draft.lastDay) ?? null }),
      };
      return api.send("PATCH", path, { body });
    },
    async onSuccess() {
      await refresh();
      onClose();
    },
  });
  const renew = useMutation({
    mutationFn: () => api.send<Invitation>("POST", `${path}/invitation`, { body: {} }),
  });
  const remove = useMutation({
    mutationFn: () => api.send("DELETE", path),
    async onSuccess() {
      await refresh();
      onClose();
    },
  });
  return (
    <Dialog title={t.members.changeOf(member.name)} onClose={onClose}>
      {renew.data !== undefined ? (
        <InvitationLink email={member.email} invitation={renew.data} zone={zone} />
      ) : (
        <>
          <Form
            submit={t.forms.save}
            isBusy={change.isPending}
            error={isAboutWall(change.error) ? null : change.error}
            onSubmit={() => change.mutate(draft.wall.trim())}
          >
            <TextField label={t.account.name} value={name} isRequired onChange={setName} />
            <MemberFields
              draft={draft}
              onDraft={setDraft}
              groups={groups}
              error={change.error}
              sentWall={change.variables}
            />
          </Form>
          <hr />
          <Mistake error={renew.error ?? remove.error} />
          <div className="notice-actions">
            <AskFirst
              label={member.state === "invited" ? t.members.newLink : t.members.resetLink}
              question={member.state === "invited" ? t.members.newLinkText : t.members.resetLinkText}
              isBusy={renew.isPending}
              onDo={() => renew.mutate()}
            />
            <AskFirst
              label={t.members.remove}
              question={t.members.removeText}
              isBusy={remove.isPending}
              onDo={() => remove.mutate()}
            />
          </div>
        </>
      )}
    </Dialog>
  );
}
