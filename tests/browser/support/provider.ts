import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import OidcProvider from "oidc-provider";

/** An OpenID Connect provider that takes any name of {@link PEOPLE}. */
export interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  close(): void;
}

const PEOPLE: Readonly<Record<string, object>> = {
  ines: { email: "ines@corp.example", email_verified: true, name: "Ines Corp", groups: ["staff", "auditlog-admins"] },
};
const CLIENT = { clientId: "cairn", clientSecret: "a-client-secret-of-some-length" };

/** Starts the real provider of the package, with its own page for signing in. */
export async function startProvider(redirectUri: string): Promise<Provider> {
  let provider: OidcProvider | undefined;
  const http = createServer((request, response) => void provider?.callback()(request, response));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  provider = new OidcProvider(issuer, {
    clients: [{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
  });
  return {
    issuer,
    ...CLIENT,
    close() {
      http.close();
      http.closeAllConnections();
    },
  };
}
