import { demandGood, type Outbound, OutboundError } from "./outbound.ts";

/** Who asks for a token, and for what. */
export interface ClientCredentials {
  readonly url: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the token is for: `audience` for Auth0, `scope` as RFC 6749 has it. */
  readonly purpose: { readonly audience: string } | { readonly scope: string };
  /** How the request is written: RFC 6749 says `form`. */
  readonly as: "form" | "json";
}

/** A token that is asked for when it is needed and kept until shortly before it ends. */
export interface BearerToken {
  get(signal: AbortSignal): Promise<string>;
  forget(): void;
}

/** A token is not used any more when it ends so soon. */
const MARGIN_MS = 60_000;

/** Gets tokens by the client-credentials grant (RFC 6749 §4.4). */
export function clientCredentials(outbound: Outbound, credentials: ClientCredentials): BearerToken {
  let kept: { readonly token: string; readonly untilMs: number } | undefined;
  const fields = {
    grant_type: "client_credentials",
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
    ...credentials.purpose,
  };
  const [type, body] =
    credentials.as === "json"
      ? ["application/json", JSON.stringify(fields)]
      : ["application/x-www-form-urlencoded", new URLSearchParams(fields).toString()];
  return {
    async get(signal) {
      if (kept !== undefined && kept.untilMs > Date.now()) return kept.token;
      const { url } = credentials;
      const answer = await outbound({ method: "POST", url, headers: { "content-type": type }, body, signal });
      demandGood(answer, "the token endpoint");
      const { token, expiresInMs } = read(answer.text);
      kept = { token, untilMs: Date.now() + expiresInMs - MARGIN_MS };
      return token;
    },
    forget() {
      kept = undefined;
    },
  };
}

function read(text: string): { readonly token: string; readonly expiresInMs: number } {
  try {
    const { access_token: token, expires_in: seconds } = JSON.parse(text) as Record<string, unknown>;
    if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token))
      return { token, expiresInMs: (Number(seconds) || 0) * 1_000 };
  } catch {
    // Said below.
  }
  throw new OutboundError("the token endpoint answered something else than a token");
}
