import type { TestServer } from "@cairn/testkit";
import { type Answer, call } from "../../api/support/call.ts";

/** What the package `ringcentral` 0.9.2 from PyPI calls itself, where it does not fill its own version in. */
const USER_AGENT = "Unnamed/0.0.0 linux/VERSION PYTHON/VERSION RCPYTHONSDK/VERSION";
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** Tokens as the token endpoint gives them. */
export interface Tokens {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly refresh_token_expires_in: number;
  readonly scope: string;
  readonly owner_id: string;
}

/** An error as RingCentral's API gives it. */
export interface RingCentralFault {
  readonly errorCode?: string;
  readonly error?: string;
  readonly message?: string;
  readonly errors: readonly { readonly errorCode: string; readonly message: string; readonly parameterName?: string }[];
}

/** An answer of the audit trail. */
export interface AuditTrail {
  readonly records: readonly (Record<string, unknown> & { readonly id: string; readonly eventTime: string })[];
  readonly paging: {
    readonly page: number;
    readonly perPage: number;
    readonly total: number;
    readonly totalFound: number;
  };
}

/** Requests, byte for byte but for the connection's headers, as that package sends them. */
export function restClient(server: Pick<TestServer, "url">) {
  const headers = { "user-agent": USER_AGENT, "x-user-agent": USER_AGENT, accept: "*/*" };
  const form = (path: string, members: Readonly<Record<string, string>>): Promise<Answer> =>
    call(server, {
      path,
      headers: {
        ...headers,
        authorization: `Basic ${Buffer.from("client-id:client-secret").toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams(members).toString(),
    });
  const bearer = (token: string) => ({
    ...headers,
    authorization: `bearer ${token}`,
    "content-type": "application/json",
  });
  return {
    form,
    login: (assertion: string) => form("/restapi/oauth/token", { grant_type: JWT_BEARER, assertion }),
    refresh: (refreshToken: string) =>
      form("/restapi/oauth/token", {
        grant_type: "refresh_token",
        refresh_token: refreshToken,
        access_token_ttl: "3600",
        refresh_token_ttl: "604800",
      }),
    logout: (token: string) => form("/restapi/oauth/revoke", { token }),
    extension: (token: string, account = "~", extension = "~", more: Readonly<Record<string, string>> = {}) =>
      call(server, {
        path: `/restapi/v1.0/account/${account}/extension/${extension}`,
        headers: { ...bearer(token), ...more },
      }),
    search: (token: string, body: unknown, account = "~", more: Readonly<Record<string, string>> = {}) =>
      call(server, {
        method: "POST",
        path: `/restapi/v1.0/account/${account}/audit-trail/search`,
        headers: { ...bearer(token), ...more },
        body: body === undefined ? "" : body,
      }),
  };
}

/** Signs in with a key. */
export async function tokenOf(server: Pick<TestServer, "url">, key: string): Promise<string> {
  const answer = await restClient(server).login(key);
  if (answer.status !== 200) throw new Error(`not signed in: ${answer.status} ${answer.text}`);
  return answer.json<Tokens>().access_token;
}
