import { createVkey, formatVkey, type NoteSigner, SIGNATURE_TYPE } from "@cairn/merkle";
import type { LogKey } from "../crypto/signer.ts";
import { CONTROL_LOG, eventOrigin, type LogState } from "../storage/logs.ts";

/** The verifier key of a log: `<origin>+<key id>+<base64>` (C2SP signed-note). */
export function logVkey(origin: string, key: LogKey): string {
  return formatVkey(createVkey({ name: origin, type: SIGNATURE_TYPE.ed25519, publicKey: key.publicKey }));
}

/** Signs notes as a log; the key's name is the log's origin. */
export function noteSigner(origin: string, key: LogKey): NoteSigner {
  const { name, keyId } = createVkey({ name: origin, type: SIGNATURE_TYPE.ed25519, publicKey: key.publicKey });
  return { name, keyId, sign: (text) => key.sign(text) };
}

/**
 * Gives who signs a log's checkpoints: the log, and for a control log the event log too, so that an auditor who knows the
 * event log's key alone knows who vouches for both.
 */
export function checkpointSigners(
  { log, origin }: Pick<LogState, "log" | "origin">,
  keyOf: (origin: string) => LogKey,
): readonly NoteSigner[] {
  const names = log === CONTROL_LOG ? [origin, eventOrigin(origin)] : [origin];
  return names.map((name) => noteSigner(name, keyOf(name)));
}
