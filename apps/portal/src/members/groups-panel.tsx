import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Group, Member } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { AskFirst } from "../shared/ask-first.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { Deed } from "../shared/facts-table.tsx";
import { Form, Mistake, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { isAboutWall, WallField } from "./wall-field.tsx";

interface GroupsPanelProps {
  readonly groups: readonly Group[];
  readonly members: readonly Member[];
}

/** Groups of members, such as departments, each with what it may see. */
export function GroupsPanel({ groups, members }: GroupsPanelProps) {
  const who = useWho();
  const [open, setOpen] = useState<Group | "new">();
  return (
    <Panel title={t.members.groups} note={t.members.groupsText} width="full">
      {groups.length === 0 ? (
        <p className="quiet">{t.members.noGroups}</p>
      ) : (
        <ul className="plain-list">
          {groups.map((group) => (
            <li key={group.id}>
              <span>
                {group.name}{" "}
                <span className="quiet">
                  {t.members.inGroup(members.filter((each) => each.groups.includes(group.id)).length)}
                </span>
                {group.wall !== null && <code className="under">{group.wall}</code>}
              </span>
              {who.can("members:write") && (
                <Deed text={t.members.change} label={t.members.changeOf(group.name)} onDo={() => setOpen(group)} />
              )}
            </li>
          ))}
        </ul>
      )}
      {who.can("members:write") && (
        <button type="button" className="button" onClick={() => setOpen("new")}>
          {t.members.newGroup}
        </button>
      )}
      {open !== undefined && <GroupDialog group={open} onClose={() => setOpen(undefined)} />}
    </Panel>
  );
}

interface GroupDialogProps {
  readonly group: Group | "new";
  readonly onClose: () => void;
}

function GroupDialog({ group, onClose }: GroupDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState(group === "new" ? "" : group.name);
  const [wall, setWall] = useState(group === "new" ? "" : (group.wall ?? ""));
  const done = async () => {
    await client.invalidateQueries({ queryKey: ["groups"] });
    onClose();
  };
  const save = useMutation({
    mutationFn: (sent: string) =>
      group === "new"
        ? api.send("POST", "/v1/groups", { body: { name: name.trim(), ...(sent === "" ? {} : { wall: sent }) } })
        : api.send("PATCH", `/v1/groups/${group.id}`, { body: { name: name.trim(), wall: sent === "" ? null : sent } }),
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.send("DELETE", `/v1/groups/${id}`),
    onSuccess: done,
  });
  return (
    <Dialog title={group === "new" ? t.members.newGroup : t.members.changeOf(group.name)} onClose={onClose}>
      <Form
        submit={t.forms.save}
        isBusy={save.isPending}
        error={isAboutWall(save.error) ? null : save.error}
        onSubmit={() => save.mutate(wall.trim())}
      >
        <TextField label={t.members.groupName} value={name} isRequired isFirst onChange={setName} />
        <WallField wall={wall} onWall={setWall} error={save.error} sent={save.variables} />
      </Form>
      {group !== "new" && (
        <>
          <hr />
          <Mistake error={remove.error} />
          <AskFirst
            label={t.members.removeGroup}
            question={t.members.removeGroupText}
            isBusy={remove.isPending}
            onDo={() => remove.mutate(group.id)}
          />
        </>
      )}
    </Dialog>
  );
}
