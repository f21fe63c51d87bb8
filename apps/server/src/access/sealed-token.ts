import { deriveKey, seal, unseal } from "@cairn/ledger";

/** Writes and reads values that go out into the world and come back: nobody else can read or make them. */
export interface SealedToken<Value> {
  write(value: Value, expiresAtMs: number): string;
  /** Undefined unless it is ours and not over. */
  read(token: string, nowMs: number): Value | undefined;
}

/** Tokens are as long as a multiple of this: the digits of a number in one would show by its length. */
const STEP_CHARS = 64;

/** Makes tokens of one purpose. At most 2^32 of them keep their nonces apart: one a second for a hundred years. */
export function sealedToken<Value>(serverSecret: Uint8Array, purpose: string): SealedToken<Value> {
  const key = deriveKey(serverSecret, purpose);
  const context = Buffer.from(`cairn/v1/${purpose}`);
  return {
    write(value, expiresAtMs) {
      const text = JSON.stringify([expiresAtMs, value]);
      // JSON may end in spaces.
      const padded = Buffer.from(text.padEnd(Math.ceil(text.length / STEP_CHARS) * STEP_CHARS));
      return Buffer.from(seal(key, padded, context)).toString("base64url");
    },
    read(token, nowMs) {
      try {
        const sealed = Buffer.from(token, "base64url");
        // Base64 has several spellings of the same bytes, and a token has one.
        if (sealed.toString("base64url") !== token) return undefined;
        const text = unseal(key, sealed, context).toString("utf8");
        const [expiresAtMs, value] = JSON.parse(text) as [number, Value];
        return expiresAtMs > nowMs ? value : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
