import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Self } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import markUrl from "../cairn.svg";
import { PageProblem } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { PasskeyButton } from "../session/passkey-button.tsx";
import { t } from "../texts/texts.ts";
import { AuthenticatorPanel } from "./authenticator-panel.tsx";
import { PasskeyForm } from "./passkey-form.tsx";

interface SecondFactorPageProps {
  /** There is a second factor, or the browser's session was opened with one. */
  readonly onDone: () => void;
  readonly onSignOut: () => void;
}

/** Where a tenant that requires a second factor leads members without one: they set one up, or leave. */
export default function SecondFactorPage({ onDone, onSignOut }: SecondFactorPageProps) {
  const api = useApi();
  const { data: self, error } = useQuery({
    queryKey: ["me"],
    queryFn: ({ signal }) => api.get<Self>("/v1/me", signal),
  });
  useEffect(() => {
    document.title = `${t.secondFactor.title} · Cairn`;
  }, []);
  return (
    <main className="gate">
      <img className="gate-mark" src={markUrl} alt="" width="40" height="40" />
      <h1>{t.secondFactor.title}</h1>
      <p>{t.secondFactor.text}</p>
      {self === undefined ? (
        <PageProblem error={error} />
      ) : (
        <>
          <AuthenticatorPanel self={self} onDone={onDone} />
          <Panel title={t.account.passkeys} note={t.account.passkeysText}>
            {self.passkeys.length === 0 ? (
              <PasskeyForm />
            ) : (
              <>
                <p role="status">{t.secondFactor.have}</p>
                <PasskeyButton api={api} onSession={onDone} />
              </>
            )}
          </Panel>
        </>
      )}
      <p>
        <button type="button" className="button" onClick={onSignOut}>
          {t.signOut}
        </button>
      </p>
    </main>
  );
}
