import { createHash, randomBytes } from "node:crypto";
import type { Credentials } from "@cairn/ledger";
import { Secret, TOTP } from "otpauth";

const STEP_SECONDS = 30;
/** Clocks of telephones are off by a step at most. */
const WINDOW_STEPS = 1;
const RECOVERY_CODES = 10;

/** Makes the secret of an authenticator app. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The address that authenticator apps read from a QR code. */
export function totpUri(secret: string, label: string): string {
  return totpOf(secret, label).toString();
}

/** The time step of a right code; undefined when it is wrong. */
export function totpStep(secret: string, code: string, nowMs: number): number | undefined {
  const delta = totpOf(secret, "").validate({ token: code, timestamp: nowMs, window: WINDOW_STEPS });
  return delta === null ? undefined : Math.floor(nowMs / 1_000 / STEP_SECONDS) + delta;
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: "Cairn", label, secret: Secret.fromBase32(secret), period: STEP_SECONDS });
}

/** Makes codes for the day the telephone is lost; only their digests are kept. */
export function newRecoveryCodes(): { readonly codes: readonly string[]; readonly digests: readonly string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const text = randomBytes(10).toString("hex");
    return text.match(/.{5}/g)!.join("-");
  });
  return { codes, digests: codes.map(digestOf) };
}

function digestOf(code: string): string {
  return createHash("sha256").update(code.toLowerCase().replaceAll(/[\s-]/g, "")).digest("hex");
}

/**
 * Takes a code of the app or a recovery code, each of which works once; gives what is left to sign in with, or undefined
 * when the code is wrong or was used before.
 */
export function useCode(credentials: Credentials, code: string, nowMs: number): Credentials | undefined {
  const { totp, recoveryCodes = [] } = credentials;
  if (totp !== undefined && /^\d{6}$/.test(code)) {
    const step = totpStep(totp.secret, code, nowMs);
    if (step === undefined || step <= totp.lastStep) return undefined;
    return { ...credentials, totp: { ...totp, lastStep: step } };
  }
  const digest = digestOf(code);
  if (!recoveryCodes.includes(digest)) return undefined;
  return { ...credentials, recoveryCodes: recoveryCodes.filter((each) => each !== digest) };
}
