import { randomUUIDv7 } from "node:crypto";
import { keyedHex } from "@cairn/ledger";

/** Half of a digest: 128 bits. */
const ID_DIGITS = 32;
const CONTENT_DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Where an event's id comes from when the producer gave none, or gave a digest of the content. */
export interface IdentitySource {
  readonly idempotencyKey: string | undefined;
  /** Position of the event in the request. */
  readonly position: number;
  /** Key of the tenant's identity digests. */
  readonly key: Uint8Array;
}

/**
 * Gives the id an event is recorded under. A digest of content (`sha256:…`) is replaced by a keyed one: an unsalted hash
 * of a body would let anybody test guesses of what was erased. An idempotency key and the position make an id that the
 * same request makes again.
 */
export function identityOf(id: string | undefined, from: IdentitySource): string {
  if (id !== undefined) return keyedIdentity(id, from.key);
  if (from.idempotencyKey !== undefined) return `idk_${digest(from.key, `${from.position}\0${from.idempotencyKey}`)}`;
  return randomUUIDv7();
}

/** Gives an id as it is recorded: a digest of content under the tenant's key, anything else as it is. */
export function keyedIdentity(id: string, key: Uint8Array): string {
  return CONTENT_DIGEST.test(id) ? `imp_${digest(key, id)}` : id;
}

function digest(key: Uint8Array, text: string): string {
  return keyedHex(key, `id\0${text}`).slice(0, ID_DIGITS);
}
