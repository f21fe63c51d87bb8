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
  /** Everybody sees and ends their own; those of others need permissions. */
  readonly whose: "own" | "everybody";
  readonly members?: readonly Member[];
}

/** Where people are signed in, and the way to end that. */
export function SessionList({ zone, whose, members = [] }: SessionListProps) {
  const api = useApi();
  const client = useQueryClient();
  const who = useWho();
  const path = whose === "own" ? "/v1/me/sessions" : "/v1/sessions";
  const { data, error } = useQuery({
    queryKey: ["sessions", whose],
    queryFn: ({ signal }) => api.get<{ readonly sessions: readonly Session[] }>(path, signal),
  });
  const end = useMutation({
    mutationFn: (id: string) => api.send("DELETE", `${path}/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  if (data === undefined) return <PageProblem error={error} />;
  const { sessions } = data;
  const canEnd = whose === "own" || who.can("members:write");
  const nameOf = (id: string | null) => members.find((each) => each.id === id)?.name ?? t.members.byLink;
  const { member, device, address, method, since, seen } = t.members;
  const columns = [...(whose === "everybody" ? [member] : []), device, address, method, since, seen, DEEDS];
  return (
    <>
      <Mistake error={end.error} />
      <FactsTable label={t.members.sessions} columns={columns}>
        {sessions.map((session) => (
          <tr key={session.id}>
            {whose === "everybody" && <th scope="row">{nameOf(session.member)}</th>}
            <td title={session.user_agent}>
              {deviceOf(session.user_agent)} {session.own && <span className="tag is-good">{t.members.own}</span>}
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
              {canEnd && !session.own && (
                <AskFirst
                  label={t.members.end}
                  question={whose === "own" ? t.account.endText : t.members.endText}
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
