import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Api } from "../api/client.ts";
import { isRefusal, problemOf } from "../api/problem.ts";
import markUrl from "../cairn.svg";
import { explainProblem } from "../shared/explain-problem.ts";
import { Form, NewPasswordField, TextField } from "../shared/form.tsx";
import { Notice } from "../shared/notice.tsx";
import { t } from "../texts/texts.ts";

interface InvitationPageProps {
  readonly api: Api;
  /** What stands behind `#invitation=`. */
  readonly token: string;
  /** The browser has a session now. */
  readonly onSession: () => void;
  readonly onLeave: () => void;
}

interface Invited {
  readonly email: string;
  readonly name: string;
  readonly tenant: string;
  /** Whether it is for somebody who has signed in before. */
  readonly is_reset: boolean;
}

/** Where the link of an invitation leads: a password is chosen, and the log opens. */
export default function InvitationPage({ api, token, onSession, onLeave }: InvitationPageProps) {
  const { data: invited, error } = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.send<Invited>("POST", "/v1/invitations/inspect", { body: { token } }),
  });
  const problem = error === null ? undefined : problemOf(error);
  return (
    <main className="gate">
      <img className="gate-mark" src={markUrl} alt="" width="40" height="40" />
      {invited !== undefined ? (
        <Accept api={api} token={token} invited={invited} onSession={onSession} />
      ) : problem === undefined ? (
        <>
          <h1>Cairn</h1>
          <p className="quiet">{t.invitation.opening}</p>
        </>
      ) : (
        <>
          <h1>Cairn</h1>
          <Notice title={isRefusal(problem, "link_invalid") ? t.invitation.gone : explainProblem(problem).title}>
            <p role="alert">
              {isRefusal(problem, "link_invalid") ? t.invitation.goneText : explainProblem(problem).text}
            </p>
            <button type="button" className="button" onClick={onLeave}>
              {t.invitation.toSignIn}
            </button>
          </Notice>
        </>
      )}
    </main>
  );
}

interface AcceptProps extends Pick<InvitationPageProps, "api" | "token" | "onSession"> {
  readonly invited: Invited;
}

function Accept({ api, token, invited, onSession }: AcceptProps) {
  const [name, setName] = useState(invited.name === invited.email ? "" : invited.name);
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [isDifferent, setDifferent] = useState(false);
  const accept = useMutation({
    mutationFn: () => {
      const named = invited.is_reset || name.trim() === "" ? {} : { name: name.trim() };
      return api.send("POST", "/v1/invitations/accept", { body: { token, password, ...named } });
    },
    onSuccess: onSession,
  });
  return (
    <>
      <h1>{invited.is_reset ? t.invitation.reset : t.invitation.title(invited.tenant)}</h1>
      <p>{invited.is_reset ? t.invitation.resetText(invited.email) : t.invitation.text(invited.email)}</p>
      <section>
        <Form
          submit={t.invitation.accept}
          isBusy={accept.isPending}
          error={accept.error}
          onSubmit={() => {
            setDifferent(password !== again);
            if (password === again) accept.mutate();
          }}
        >
          {/* A password manager keeps the two together. */}
          <input type="hidden" autoComplete="username" value={invited.email} />
          {!invited.is_reset && (
            <TextField label={t.invitation.name} value={name} autoComplete="name" onChange={setName} />
          )}
          <NewPasswordField label={t.invitation.password} value={password} onChange={setPassword} />
          <TextField
            label={t.invitation.again}
            type="password"
            value={again}
            isRequired
            autoComplete="new-password"
            onChange={setAgain}
          />
          {isDifferent && (
            <p className="mistake" role="alert">
              {t.invitation.differ}
            </p>
          )}
        </Form>
        <p className="quiet">{t.invitation.passkey}</p>
      </section>
    </>
  );
}
