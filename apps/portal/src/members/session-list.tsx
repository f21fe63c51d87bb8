import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Member, Session } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { PageProblem } from "../frame/page.tsx";
import { AskFirst } from "../shared/ask-first.tsx";
import { DEEDS, FactsTable } from "../shared/facts-table.tsx";
import { Mistake } from "../shared/form.tsx";
import { Ago, Moment } from "../shared/moment.tsx";
import { t } from "../texts/texts.ts";
import { deviceOf } from "./device-of.ts";

interface SessionListProps {
  /** IANA name. */
  readonly zone: string;
  /** Id of the member whose sessions are shown; everybody's when absent. */
  readonly only?: string;
  readonly members?: readonly Member[];
}

/** Where people are signed in, and the way to end that. */
export function SessionList({ zone, only, members = [] }: SessionListProps) {
  const api = useApi();
  const client = useQueryClient();
  const who = useWho();
  const { data, error } = useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => api.get<{ readonly sessions: readonly Session[] }>("/v1/sessions", signal),
  });
  const end = useMutation({
    mutationFn: (id: string) => api.send("DELETE", `/v1/sessions/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  if (data === undefined) return <PageProblem error={error} />;
  const sessions = data.sessions.filter(({ member }) => only === undefined || member === only);
  const nameOf = (id: string | null) => members.find((each) => each.id === id)?.name ?? t.members.byLink;
  const { member, device, address, method, since, seen } = t.members;
  const columns = [...(only === undefined ? [member] : []), device, address, method, since, seen, DEEDS];
  return (
    <>
      <Mistake error={end.error} />
      <FactsTable label={t.members.sessions} columns={columns}>
        {sessions.map((session) => (
          <tr key={session.id}>
            {only === undefined && <th scope="row">{nameOf(session.member)}</th>}
            <td title={session.user_agent}>
              {deviceOf(session.user_agent)}
              {session.own && <span className="tag is-good">{t.members.own}</span>}
            </td>
            <td>{session.address}</td>
            <td>{t.members.methods[session.method]}</td>
            <td>
              <Moment at={session.created_at} zone={zone} />
            </td>
            <td>
              <Ago at={session.last_seen_at} zone={zone} />
            </td>
            <td className="is-deed">
              {who.can("members:write") && !session.own && (
                <AskFirst
                  label={t.members.end}
                  question={t.members.endText}
                  isBusy={end.isPending}
                  onDo={() => end.mutate(session.id)}
                />
              )}
            </td>
          </tr>
        ))}
      </FactsTable>
    </>
  );
}
