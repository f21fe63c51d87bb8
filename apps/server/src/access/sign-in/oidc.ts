import { CairnError } from "@cairn/event";
import { type IdentityProvider, ROLES, type Role } from "@cairn/ledger";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { type SealedToken, sealedToken } from "../sealed-token.ts";

/** How long signing in at the provider may take. */
export const OIDC_SIGN_IN_MS = 10 * 60_000;
/** What a provider says of itself is asked for again after so long. */
const DISCOVERY_MS = 3_600_000;
const TIMEOUT_SECONDS = 10;

/** A sign-in that is at the provider; it travels in a cookie. */
export interface OidcSignIn {
  readonly tenantNo: number;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Who somebody is, as the provider says. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly groups: readonly string[];
}

/** Signs in at OpenID Connect providers: authorization code with PKCE, state and nonce. */
export class Oidc {
  private readonly states: SealedToken<OidcSignIn>;
  private readonly known = new Map<string, { readonly config: Promise<Configuration>; readonly atMs: number }>();
  private readonly options: { readonly url: () => string; readonly allowInsecure: boolean };

  constructor(serverSecret: Uint8Array, options: { readonly url: () => string; readonly allowInsecure: boolean }) {
    this.states = sealedToken<OidcSignIn>(serverSecret, "oidc-states");
    this.options = options;
  }

  /** @throws CairnError parameter_invalid unless secrets would travel safely to this issuer */
  checkIssuer(issuer: string): void {
    if (!URL.canParse(issuer)) throw new CairnError("parameter_invalid", "issuer: it is not a URL");
    if (new URL(issuer).protocol !== "https:" && !this.options.allowInsecure)
      throw new CairnError("parameter_invalid", "issuer: it must begin with https://");
  }

  /** Where to send a browser, and what it has to bring back. @throws CairnError sign_in_failed */
  async begin(provider: IdentityProvider, email?: string): Promise<{ readonly url: string; readonly cookie: string }> {
    const config = await this.configuration(provider);
    const verifier = randomPKCECodeVerifier();
    const signIn: OidcSignIn = { tenantNo: provider.tenantNo, state: randomState(), nonce: randomNonce(), verifier };
    const url = buildAuthorizationUrl(config, {
      redirect_uri: this.redirectUri(),
      scope: "openid email profile",
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state: signIn.state,
      nonce: signIn.nonce,
      ...(email === undefined ? {} : { login_hint: email }),
    });
    return { url: url.href, cookie: this.states.write(signIn, Date.now() + OIDC_SIGN_IN_MS) };
  }

  /** The sign-in that a browser brings back. */
  resume(cookie: string): OidcSignIn | undefined {
    return this.states.read(cookie, Date.now());
  }

  /** Redeems what the provider sent. @throws CairnError sign_in_failed */
  async finish(provider: IdentityProvider, signIn: OidcSignIn, path: string): Promise<OidcIdentity> {
    try {
      const config = await this.configuration(provider);
      const tokens = await authorizationCodeGrant(config, new URL(path, this.redirectUri()), {
        pkceCodeVerifier: signIn.verifier,
        expectedState: signIn.state,
        expectedNonce: signIn.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error("no claims");
      const { sub } = claims;
      const isWhole = claims.email !== undefined && claims[provider.groupsClaim] !== undefined;
      // Many providers put only the subject into the token.
      const info = isWhole ? {} : await fetchUserInfo(config, tokens.access_token, sub).catch(() => ({}));
      return identityOf(provider, { ...info, ...claims });
    } catch (cause) {
      throw new CairnError("sign_in_failed", "the identity provider's answer was not accepted", { cause });
    }
  }

  private redirectUri(): string {
    return `${this.options.url()}/v1/session/oidc/callback`;
  }

  private async configuration(provider: IdentityProvider): Promise<Configuration> {
    this.checkIssuer(provider.issuer);
    const key = JSON.stringify([provider.issuer, provider.clientId, provider.clientSecret]);
    const known = this.known.get(key);
    if (known !== undefined && Date.now() - known.atMs < DISCOVERY_MS) return known.config;
    const execute = this.options.allowInsecure ? [allowInsecureRequests] : [];
    const config = discovery(new URL(provider.issuer), provider.clientId, provider.clientSecret, undefined, {
      timeout: TIMEOUT_SECONDS,
      execute,
    }).catch((cause: unknown) => {
      this.known.delete(key);
      throw new CairnError("sign_in_failed", "the identity provider cannot be reached, or is not one", { cause });
    });
    this.known.set(key, { config, atMs: Date.now() });
    return config;
  }
}

function identityOf(provider: IdentityProvider, claims: Readonly<Record<string, unknown>>): OidcIdentity {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value.slice(0, 320) : undefined);
  const groups = claims[provider.groupsClaim];
  return {
    issuer: provider.issuer,
    subject: String(claims.sub),
    // An address that nobody has checked is nobody's.
    email: claims.email_verified === false ? undefined : text(claims.email)?.toLowerCase(),
    name: text(claims.name),
    groups: Array.isArray(groups) ? groups.filter((each) => typeof each === "string") : [],
  };
}

/** The mightiest role that the groups of a person give. */
export function roleOfGroups(provider: IdentityProvider, groups: readonly string[]): Role | undefined {
  const given = groups.flatMap((group) => (Object.hasOwn(provider.roles, group) ? [provider.roles[group]!] : []));
  return ROLES.find((role) => given.includes(role));
}
