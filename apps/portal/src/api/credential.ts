/** A tenant by its names. */
export interface TenantName {
  readonly project: string;
  readonly tenant: string;
}

/** How the page speaks to the server: by the cookie of a session, or by a key that somebody pasted. */
export type Credential =
  | {
      readonly kind: "session";
      /** Of an operator: whose pages are shown, when it is not their own tenant. */
      readonly at?: TenantName;
    }
  | {
      readonly kind: "key";
      readonly key: string;
      /** Which tenant, for a key of a whole project. */
      readonly tenant: string | undefined;
    };

const STORED = "cairn.key";
const VISITED = "cairn.at";

/** Gives the key that was pasted in this tab, else the session. Keys live as long as the tab and never reach the disk by us. */
export function readCredential(): Credential {
  try {
    const { key, tenant } = JSON.parse(sessionStorage.getItem(STORED) ?? "{}") as { key?: string; tenant?: string };
    if (key !== undefined) return { kind: "key", key, tenant };
    const at = JSON.parse(sessionStorage.getItem(VISITED) ?? "null") as TenantName | null;
    if (at !== null) return { kind: "session", at };
  } catch {
    // No storage, or not ours: as if nothing had been kept.
  }
  return { kind: "session" };
}

/** Keeps a key, or whose pages an operator looks at, for this tab; the session itself needs no keeping. */
export function keepCredential(credential: Credential): void {
  try {
    sessionStorage.removeItem(STORED);
    sessionStorage.removeItem(VISITED);
    if (credential.kind === "key")
      sessionStorage.setItem(STORED, JSON.stringify({ key: credential.key, tenant: credential.tenant }));
    else if (credential.at !== undefined) sessionStorage.setItem(VISITED, JSON.stringify(credential.at));
  } catch {
    // Storage is switched off: the key then lives in memory only.
  }
}

/** Headers that a credential adds to a request. */
export function credentialHeaders(credential: Credential): Readonly<Record<string, string>> {
  if (credential.kind === "session") {
    const { at } = credential;
    return at === undefined ? {} : { "cairn-project": at.project, "cairn-tenant": at.tenant };
  }
  return {
    authorization: `Bearer ${credential.key}`,
    ...(credential.tenant === undefined ? {} : { "cairn-tenant": credential.tenant }),
  };
}
