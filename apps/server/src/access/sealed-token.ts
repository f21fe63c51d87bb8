import { deriveKey, seal, unseal } from "@cairn/ledger";

/** Writes and reads values that go out into the world and come back: nobody else can read or make them. */
export interface SealedToken<Value> {
  write(value: Value, expiresAtMs: number): string;
  /** Undefined unless it is ours and not over. */
  read(token: string, nowMs: number): Value | undefined;
}

/** Makes tokens of one purpose. At most 2^32 of them keep their nonces apart: one a second for a hundred years. */
export function sealedToken<Value>(serverSecret: Uint8Array, purpose: string): SealedToken<Value> {
  const key = deriveKey(serverSecret, purpose);
  const context = Buffer.from(`cairn/v1/${purpose}`);
  return {
    write: (value, expiresAtMs) =>
      Buffer.from(seal(key, Buffer.from(JSON.stringify([expiresAtMs, value])), context)).toString("base64url"),
    read(token, nowMs) {
      try {
        const text = unseal(key, Buffer.from(token, "base64url"), context).toString("utf8");
        const [expiresAtMs, value] = JSON.parse(text) as [number, Value];
        return expiresAtMs > nowMs ? value : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
