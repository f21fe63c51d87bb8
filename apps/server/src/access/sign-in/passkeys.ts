import { CairnError } from "@cairn/event";
import type { Member, Passkey } from "@cairn/ledger";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { type SealedToken, sealedToken } from "../sealed-token.ts";

/** The library is a tenth of what a server loads, and most never see a passkey. */
const webAuthn = () => import("@simplewebauthn/server");

/** How long somebody may look for their key. */
const CHALLENGE_MS = 5 * 60_000;

/** A ceremony under way; nothing of it is stored. */
interface Ceremony {
  readonly challenge: string;
  /** Registering: for whom. */
  readonly memberId?: string;
}

/** Passkeys (WebAuthn Level 3), bound to the host under which people reach this server. */
export class Passkeys {
  private readonly states: SealedToken<Ceremony>;
  private readonly url: () => string;
  /** Challenges that were answered, until they would be over anyway: none is answered twice. */
  private readonly answered = new Map<string, number>();

  constructor(serverSecret: Uint8Array, url: () => string) {
    this.states = sealedToken<Ceremony>(serverSecret, "passkey-states");
    this.url = url;
  }

  async registrationOptions(member: Member): Promise<object> {
    const { generateRegistrationOptions } = await webAuthn();
    const options = await generateRegistrationOptions({
      rpName: "Cairn",
      rpID: this.host(),
      userID: new TextEncoder().encode(member.id),
      userName: member.email,
      userDisplayName: member.name,
      attestationType: "none",
      excludeCredentials: (member.credentials.passkeys ?? []).map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    return { options, state: this.begin({ challenge: options.challenge, memberId: member.id }) };
  }

  /** @throws CairnError sign_in_failed */
  async register(
    member: Member,
    answer: { readonly state: string; readonly response: unknown; readonly name: string },
  ): Promise<Passkey> {
    const ceremony = this.resume(answer.state);
    if (ceremony.memberId !== member.id) throw failure();
    const { verifyRegistrationResponse } = await webAuthn();
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer.response as RegistrationResponseJSON,
      expectedChallenge: ceremony.challenge,
      expectedOrigin: this.origin(),
      expectedRPID: this.host(),
      requireUserVerification: true,
    }).catch(fail);
    if (!verified || registrationInfo === undefined) throw failure();
    this.finish(ceremony);
    const { id, publicKey, counter } = registrationInfo.credential;
    const key = Buffer.from(publicKey).toString("base64url");
    return { id, name: answer.name, publicKey: key, counter, createdAtMs: Date.now() };
  }

  async signInOptions(): Promise<object> {
    const { generateAuthenticationOptions } = await webAuthn();
    const options = await generateAuthenticationOptions({ rpID: this.host(), userVerification: "required" });
    return { options, state: this.begin({ challenge: options.challenge }) };
  }

  /** Whom an answer says it is from: the authenticator remembers the id we gave it. */
  static claimedMember(response: unknown): string | undefined {
    const handle = (response as Partial<AuthenticationResponseJSON> | undefined)?.response?.userHandle;
    return typeof handle === "string" ? Buffer.from(handle, "base64url").toString("utf8") : undefined;
  }

  /** Checks an answer and gives the member's passkeys with the counter moved on. @throws CairnError sign_in_failed */
  async verify(member: Member, answer: { readonly state: string; readonly response: unknown }): Promise<Passkey[]> {
    const ceremony = this.resume(answer.state);
    const response = answer.response as AuthenticationResponseJSON;
    const passkeys = member.credentials.passkeys ?? [];
    const passkey = passkeys.find(({ id }) => id === response.id);
    if (passkey === undefined || ceremony.memberId !== undefined) throw failure();
    const { verifyAuthenticationResponse } = await webAuthn();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: ceremony.challenge,
      expectedOrigin: this.origin(),
      expectedRPID: this.host(),
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")),
        counter: passkey.counter,
      },
    }).catch(fail);
    if (!verified) throw failure();
    this.finish(ceremony);
    const moved = { ...passkey, counter: authenticationInfo.newCounter };
    return passkeys.map((each) => (each === passkey ? moved : each));
  }

  private begin(ceremony: Ceremony): string {
    return this.states.write(ceremony, Date.now() + CHALLENGE_MS);
  }

  private resume(state: string): Ceremony {
    const ceremony = this.states.read(state, Date.now());
    if (ceremony === undefined || this.answered.has(ceremony.challenge)) throw failure();
    return ceremony;
  }

  private finish({ challenge }: Ceremony): void {
    const nowMs = Date.now();
    for (const [old, untilMs] of this.answered) if (untilMs <= nowMs) this.answered.delete(old);
    this.answered.set(challenge, nowMs + CHALLENGE_MS);
  }

  private origin(): string {
    return new URL(this.url()).origin;
  }

  private host(): string {
    return new URL(this.url()).hostname;
  }
}

function failure(): CairnError {
  return new CairnError("sign_in_failed", "the passkey was not accepted");
}

/** Whatever is wrong with what a browser sent, the answer is the same. */
function fail(cause: unknown): never {
  throw new CairnError("sign_in_failed", "the passkey was not accepted", { cause });
}
