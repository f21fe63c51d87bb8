import { deriveKey, seal, unseal } from "@cairn/ledger";

const DAY_MS = 86_400_000;

/** A refused event, kept for a day; `refusedAtMs` and the tenant name its row. */
export interface RefusedPlace {
  readonly tenantNo: number;
  readonly refusedAtMs: number;
}

/**
 * Seals what was refused under a key of its day: a producer of rubbish must not use up the 2^32 seals that the tenant's
 * core key is good for (NIST SP 800-38D §8.3).
 */
export function sealRefused(coreKey: Uint8Array, plaintext: Uint8Array, place: RefusedPlace): Uint8Array {
  return seal(keyOfDay(coreKey, place), plaintext, context(place));
}

/** Opens what {@link sealRefused} made. @throws LedgerError corrupt */
export function unsealRefused(coreKey: Uint8Array, sealed: Uint8Array, place: RefusedPlace): Buffer {
  return unseal(keyOfDay(coreKey, place), sealed, context(place));
}

function keyOfDay(coreKey: Uint8Array, { refusedAtMs }: RefusedPlace): Uint8Array {
  return deriveKey(coreKey, `refused/${Math.floor(refusedAtMs / DAY_MS)}`);
}

function context({ tenantNo, refusedAtMs }: RefusedPlace): Uint8Array {
  return Buffer.from(`cairn/v1/refused\n${tenantNo}\n${refusedAtMs}`);
}
