import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Group, Member } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { writeTerm } from "../event/filter-term.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { DEEDS, Deed, FactsTable } from "../shared/facts-table.tsx";
import { Ago, Moment } from "../shared/moment.tsx";
import { listOf } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { GroupsPanel } from "./groups-panel.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { MemberDialog } from "./member-dialog.tsx";
import { SessionList } from "./session-list.tsx";

interface MembersPageProps {
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** Who may look at the log: members, groups of them, and where they are signed in. */
export default function MembersPage({ view, zone }: MembersPageProps) {
  const api = useApi();
  const who = useWho();
  const [dialog, setDialog] = useState<"invite" | Member["id"]>();
  const { data, error } = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => api.get<{ readonly members: readonly Member[] }>("/v1/members", signal),
  });
  const { data: grouped } = useQuery({
    queryKey: ["groups"],
    queryFn: ({ signal }) => api.get<{ readonly groups: readonly Group[] }>("/v1/groups", signal),
  });
  const members = data?.members ?? [];
  const groups = grouped?.groups ?? [];
  const present = members.filter(({ state }) => state !== "removed");
  const removed = members.filter(({ state }) => state === "removed");
  const chosen = members.find(({ id }) => id === dialog);
  const close = () => setDialog(undefined);
  const table = (rows: readonly Member[]) => (
    <MemberTable members={rows} groups={groups} view={view} zone={zone} onChange={setDialog} />
  );
  return (
    <Page
      title={t.pages.members}
      lead={t.members.lead}
      tools={
        who.can("members:write") && (
          <button type="button" className="button primary" onClick={() => setDialog("invite")}>
            {t.members.invite}
          </button>
        )
      }
    >
      {data === undefined ? (
        <PageProblem error={error} />
      ) : (
        <>
          {present.length === 0 ? <p>{t.members.none}</p> : table(present)}
          {removed.length > 0 && (
            <details className="page-more">
              <summary>{t.members.removed(removed.length)}</summary>
              {table(removed)}
            </details>
          )}
          <GroupsPanel groups={groups} members={present} />
          <Panel title={t.members.sessions} width="full">
            <SessionList zone={zone} whose="everybody" members={members} />
          </Panel>
        </>
      )}
      {dialog === "invite" && <InviteDialog groups={groups} zone={zone} onClose={close} />}
      {chosen !== undefined && <MemberDialog member={chosen} groups={groups} zone={zone} onClose={close} />}
    </Page>
  );
}

interface MemberTableProps extends MembersPageProps {
  readonly members: readonly Member[];
  readonly groups: readonly Group[];
  readonly onChange: (id: string) => void;
}

function MemberTable({ members, groups, view, zone, onChange }: MemberTableProps) {
  const who = useWho();
  return (
    <FactsTable
      label={t.pages.members}
      columns={[
        t.members.member,
        t.members.role,
        t.members.sees,
        t.members.signsIn,
        t.members.lastSignIn,
        t.members.ends,
        DEEDS,
      ]}
    >
      {members.map((member) => (
        <tr key={member.id}>
          <th scope="row">
            <a
              title={t.members.didWhat}
              href={formatView({ ...PLAIN_VIEW, zone: view.zone, query: writeTerm("actor.id", member.id) })}
            >
              {member.name}
            </a>
            {member.state === "invited" && <span className="tag">{t.members.invited}</span>}
            {member.name !== member.email && <span className="quiet under">{member.email}</span>}
          </th>
          <td>{t.roles[member.role]}</td>
          <td>
            <Sight member={member} groups={groups} />
          </td>
          <td>{listOf(member.signs_in_with.map((each) => t.members.methods[each]))}</td>
          <td>
            <Ago at={member.last_sign_in_at} zone={zone} />
          </td>
          <td>
            <Moment at={member.expires_at} zone={zone} />
          </td>
          <td className="is-deed">
            {who.can("members:write") && member.state !== "removed" && (
              <Deed text={t.members.change} label={t.members.changeOf(member.name)} onDo={() => onChange(member.id)} />
            )}
          </td>
        </tr>
      ))}
    </FactsTable>
  );
}

function Sight({ member, groups }: { readonly member: Member; readonly groups: readonly Group[] }) {
  const own = groups.filter(({ id }) => member.groups.includes(id));
  return (
    <>
      {own.length > 0 && <span>{listOf(own.map(({ name }) => name))}</span>}
      {member.wall !== null && <code className="under">{member.wall}</code>}
      {own.length === 0 && member.wall === null && <span className="quiet">{t.members.everything}</span>}
    </>
  );
}
