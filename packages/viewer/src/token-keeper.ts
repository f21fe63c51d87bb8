/** Tokens live five minutes; half a minute is left for the host to make another. */
export const RENEW_AFTER_MS = 270_000;

/** Makes another token: whatever the host's server hands out. */
export type AskForToken = () => string | Promise<string>;

/** The token of a viewer, renewed before it ends. */
export interface TokenKeeper {
  /** The token that holds now; asks for one when there is none. @throws TokenEnded */
  current(): Promise<string>;
  /** Gets another one, because the server no longer takes this one. Whoever asks meanwhile gets the same. @throws TokenEnded */
  renew(): Promise<string>;
  /** Takes a token that the host gives by itself. */
  take(token: string): void;
  close(): void;
}

/** Nobody gives another token. */
export class TokenEnded extends Error {
  constructor(cause?: unknown) {
    super("nobody gives another token", { cause });
    this.name = "TokenEnded";
  }
}

/** Keeps a token fresh; `ask` gives the host's function, which may be set later than the token. */
export function createTokenKeeper(ask: () => AskForToken | undefined): TokenKeeper {
  let token: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pending: Promise<string> | undefined;

  function take(given: string): void {
    token = given;
    clearTimeout(timer);
    // What goes wrong here is found out by the next request.
    timer = setTimeout(() => void renew().catch(() => undefined), RENEW_AFTER_MS);
  }

  async function askHost(): Promise<string> {
    const askForToken = ask();
    if (askForToken === undefined) throw new TokenEnded();
    try {
      const given = await askForToken();
      if (typeof given !== "string" || given === "") throw new TypeError("onTokenExpiring gave no token");
      take(given);
      return given;
    } catch (error) {
      throw new TokenEnded(error);
    }
  }

  function renew(): Promise<string> {
    pending ??= askHost().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  return {
    current: async () => token ?? renew(),
    renew,
    take,
    close: () => clearTimeout(timer),
  };
}
