import { randomBytes } from "node:crypto";
import { type SealedToken, sealedToken } from "../../access/sealed-token.ts";
import { newId } from "../../access/token.ts";

/** What tokens begin with: secret scanners and this server know them by it. */
const PREFIX = "cairn_rc_";
/** As long as RingCentral's clients believe a token to live when nothing else is said. */
export const ACCESS_SECONDS = 3_600;
/** As long as RingCentral's. */
export const REFRESH_SECONDS = 604_800;
/** Sessions that were ended before their time, as far as they are remembered one by one. */
const MAX_ENDED = 10_000;
const SECRET_BYTES = 32;

/** What a token says; nothing of it is stored. */
interface Claims {
  readonly kind: "access" | "refresh";
  /** The key that it stands for: it ends with the key. */
  readonly keyId: string;
  /** Of all tokens that came from one assertion. */
  readonly session: string;
}

/** Two tokens of one session. */
export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
}

/**
 * Tokens that stand for a key for a while, so that the key itself is sent once. They are sealed with a secret of this process:
 * a restart ends them all, as clients have to expect of tokens, and what was ended before never comes back.
 */
export class AccessTokens {
  private sealed: SealedToken<Claims> = newSeal();
  /** Until when the tokens of ended sessions would be good, by session. */
  private readonly ended = new Map<string, number>();

  /** Makes the tokens of a new session, or of one that goes on. */
  issue(keyId: string, session = newId("rcs")): TokenPair {
    const nowMs = Date.now();
    const write = (kind: Claims["kind"], seconds: number) =>
      PREFIX + this.sealed.write({ kind, keyId, session }, nowMs + seconds * 1_000);
    return { access: write("access", ACCESS_SECONDS), refresh: write("refresh", REFRESH_SECONDS) };
  }

  /** Tells what a token stands for; undefined unless it is one of ours, of this kind, and not over. */
  read(token: string, kind: Claims["kind"]): Omit<Claims, "kind"> | undefined {
    const claims = this.open(token);
    return claims?.kind === kind && !this.ended.has(claims.session) ? claims : undefined;
  }

  /** Ends the session of a token. One that is none changes nothing. */
  end(token: string): void {
    const session = this.open(token)?.session;
    if (session === undefined) return;
    const nowMs = Date.now();
    if (this.ended.size >= MAX_ENDED)
      for (const [each, untilMs] of this.ended) if (untilMs <= nowMs) this.ended.delete(each);
    if (this.ended.size >= MAX_ENDED) {
      // Better all than one too few.
      this.sealed = newSeal();
      this.ended.clear();
    } else this.ended.set(session, nowMs + REFRESH_SECONDS * 1_000);
  }

  private open(token: string): Claims | undefined {
    return token.startsWith(PREFIX) ? this.sealed.read(token.slice(PREFIX.length), Date.now()) : undefined;
  }
}

function newSeal(): SealedToken<Claims> {
  return sealedToken<Claims>(randomBytes(SECRET_BYTES), "ringcentral-tokens");
}
