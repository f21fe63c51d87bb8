/** How the page speaks to the server: by the cookie of a first-use link, or by a key that somebody pasted. */
export type Credential =
  | { readonly kind: "session" }
  | {
      readonly kind: "key";
      readonly key: string;
      /** Which tenant, for a key of a whole project. */
      readonly tenant: string | undefined;
    };

const STORED = "cairn.key";

/** Gives the key that was pasted in this tab, else the session. Keys live as long as the tab and never reach the disk by us. */
export function readCredential(): Credential {
  try {
    const { key, tenant } = JSON.parse(sessionStorage.getItem(STORED) ?? "{}") as { key?: string; tenant?: string };
    if (key !== undefined) return { kind: "key", key, tenant };
  } catch {
    // No storage, or not ours: as if nothing had been kept.
  }
  return { kind: "session" };
}

/** Keeps a key for this tab; a session needs no keeping and removes it. */
export function keepCredential(credential: Credential): void {
  try {
    if (credential.kind === "session") sessionStorage.removeItem(STORED);
    else sessionStorage.setItem(STORED, JSON.stringify({ key: credential.key, tenant: credential.tenant }));
  } catch {
    // Storage is switched off: the key then lives in memory only.
  }
}

/** Headers that a credential adds to a request. */
export function credentialHeaders(credential: Credential): Readonly<Record<string, string>> {
  if (credential.kind === "session") return {};
  return {
    authorization: `Bearer ${credential.key}`,
    ...(credential.tenant === undefined ? {} : { "cairn-tenant": credential.tenant }),
  };
}
