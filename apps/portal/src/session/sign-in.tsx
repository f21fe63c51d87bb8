import { type SyntheticEvent, useState } from "react";
import type { Credential } from "../api/credential.ts";
import markUrl from "../cairn.svg";

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

const REASONS: Readonly<Record<SignedOutReason, string | undefined>> = {
  never: undefined,
  left: "You are signed out.",
  "left-unheard":
    "The server could not be reached, so that this browser is still signed in. Open this page again and sign out when it is back.",
  "session-over": "Your session is over. The address of this page still says what you were looking at.",
  "key-refused": "The server does not know this key. It may have been mistyped, revoked, or have run out.",
  "tenant-needed": "This key belongs to a whole project. Say whose log you want to see.",
  "tenant-unknown": "The project of this key has no such tenant.",
};

/** Tells how to get in: by a link from the command line, or with a key. */
export function SignIn({ reason, onKey }: SignInProps) {
  const [key, setKey] = useState("");
  const [tenant, setTenant] = useState("");
  const [hasTenant, setHasTenant] = useState(false);
  const isTenantAsked = hasTenant || reason === "tenant-needed" || reason === "tenant-unknown";
  const message = REASONS[reason];
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
        <h2>Sign in with a link</h2>
        <p>On the machine that Cairn runs on, make a link that works once, within an hour, and open it here:</p>
        <pre className="gate-command">
          <code>npx cairn link</code>
        </pre>
        <p className="quiet">The server prints one, too, each time it starts.</p>
      </section>
      <section>
        <h2>Or paste an API key</h2>
        <form onSubmit={submit}>
          <label htmlFor="key">API key with the scope events:read</label>
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
              <label htmlFor="tenant">Tenant</label>
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
              The key belongs to a whole project
            </button>
          )}
          <button type="submit" className="button primary">
            Open the log
          </button>
        </form>
        <p className="quiet">The key stays in this tab, until you close it or sign out.</p>
      </section>
    </main>
  );
}
