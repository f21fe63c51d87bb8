import type { Api } from "../api/client.ts";
import type { Credential } from "../api/credential.ts";
import markUrl from "../cairn.svg";
import { t } from "../texts/texts.ts";
import { KeyForm } from "./key-form.tsx";
import { PasswordForm } from "./password-form.tsx";

/** Why the page is not signed in. */
export type SignedOutReason =
  | "never"
  | "left"
  | "left-unheard"
  | "session-over"
  | "key-refused"
  | "tenant-needed"
  | "tenant-unknown";

interface SignInProps {
  readonly api: Api;
  readonly reason: SignedOutReason;
  readonly onKey: (credential: Credential) => void;
  /** The browser has a session now. */
  readonly onSession: () => void;
}

/** The way in: by password, passkey or the organisation's provider; by a link from the command line; with a key. */
export function SignIn({ api, reason, onKey, onSession }: SignInProps) {
  const message = t.signIn.reasons[reason];
  const isAboutKey = reason === "key-refused" || reason === "tenant-needed" || reason === "tenant-unknown";
  return (
    <main className="gate">
      <img className="gate-mark" src={markUrl} alt="" width="40" height="40" />
      <h1>Cairn</h1>
      {message !== undefined && (
        <p className="gate-reason" role="status">
          {message}
        </p>
      )}
      <section>
        <h2>{t.signIn.title}</h2>
        <PasswordForm api={api} onSession={onSession} />
      </section>
      <h2 className="hidden">{t.signIn.other}</h2>
      <details className="gate-other" name="other-way">
        <summary>{t.signIn.link}</summary>
        <p>{t.signIn.linkText}</p>
        <pre className="gate-command">
          <code>npx cairn link</code>
        </pre>
        <p className="quiet">{t.signIn.printed}</p>
      </details>
      <details className="gate-other" name="other-way" open={isAboutKey}>
        <summary>{t.signIn.paste}</summary>
        <KeyForm isTenantAsked={reason === "tenant-needed" || reason === "tenant-unknown"} onKey={onKey} />
        <p className="quiet">{t.signIn.stays}</p>
      </details>
    </main>
  );
}
