import { type SyntheticEvent, useState } from "react";
import type { Credential } from "../api/credential.ts";
import markUrl from "../cairn.svg";
import { t } from "../texts/texts.ts";

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
  readonly reason: SignedOutReason;
  readonly onKey: (credential: Credential) => void;
}

/** Tells how to get in: by a link from the command line, or with a key. */
export function SignIn({ reason, onKey }: SignInProps) {
  const [key, setKey] = useState("");
  const [tenant, setTenant] = useState("");
  const [hasTenant, setHasTenant] = useState(false);
  const isTenantAsked = hasTenant || reason === "tenant-needed" || reason === "tenant-unknown";
  const message = t.signIn.reasons[reason];
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onKey({ kind: "key", key: key.trim(), tenant: tenant.trim() === "" ? undefined : tenant.trim() });
  };
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
        <h2>{t.signIn.link}</h2>
        <p>{t.signIn.linkText}</p>
        <pre className="gate-command">
          <code>npx cairn link</code>
        </pre>
        <p className="quiet">{t.signIn.printed}</p>
      </section>
      <section>
        <h2>{t.signIn.paste}</h2>
        <form onSubmit={submit}>
          <label htmlFor="key">{t.signIn.key}</label>
          <input
            id="key"
            type="password"
            value={key}
            required
            autoComplete="off"
            spellCheck={false}
            placeholder="cairn_…"
            onChange={(event) => setKey(event.target.value)}
          />
          {isTenantAsked ? (
            <>
              <label htmlFor="tenant">{t.signIn.tenant}</label>
              <input
                id="tenant"
                type="text"
                value={tenant}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setTenant(event.target.value)}
              />
            </>
          ) : (
            <button type="button" className="bare gate-more" onClick={() => setHasTenant(true)}>
              {t.signIn.project}
            </button>
          )}
          <button type="submit" className="button primary">
            {t.signIn.open}
          </button>
        </form>
        <p className="quiet">{t.signIn.stays}</p>
      </section>
    </main>
  );
}
