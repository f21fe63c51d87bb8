import { useQuery } from "@tanstack/react-query";
import type { Self } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { SessionList } from "../members/session-list.tsx";
import { Panel } from "../overview/ranked.tsx";
import { t } from "../texts/texts.ts";
import { AuthenticatorPanel } from "./authenticator-panel.tsx";
import { BecomeMember } from "./become-member.tsx";
import { PasskeyPanel } from "./passkey-panel.tsx";
import { PasswordPanel } from "./password-panel.tsx";
import { WhoPanel } from "./who-panel.tsx";

interface AccountPageProps {
  /** IANA name. */
  readonly zone: string;
  /** The browser's session is another one now. */
  readonly onSession: () => void;
  /** Whoever looks is called otherwise now. */
  readonly onRenamed: () => void;
}

/** The own account: how one signs in, and where one is signed in. Whoever came by a link becomes a member here. */
export default function AccountPage({ zone, onSession, onRenamed }: AccountPageProps) {
  const who = useWho();
  return (
    <Page title={t.pages.account} lead={t.account.lead}>
      {who.kind === "member" ? (
        <Account zone={zone} onRenamed={onRenamed} />
      ) : who.may_become_member ? (
        <BecomeMember isOperator={who.operator} onSession={onSession} />
      ) : (
        <p>{t.account.keyText}</p>
      )}
    </Page>
  );
}

function Account({ zone, onRenamed }: Pick<AccountPageProps, "zone" | "onRenamed">) {
  const api = useApi();
  const { data: self, error } = useQuery({
    queryKey: ["me"],
    queryFn: ({ signal }) => api.get<Self>("/v1/me", signal),
  });
  if (self === undefined) return <PageProblem error={error} />;
  return (
    <div className="panels panels-two">
      <WhoPanel self={self} onRenamed={onRenamed} />
      <PasswordPanel self={self} />
      <AuthenticatorPanel self={self} />
      <PasskeyPanel self={self} zone={zone} />
      <Panel title={t.account.sessions} width="full">
        <SessionList zone={zone} whose="own" />
      </Panel>
    </div>
  );
}
