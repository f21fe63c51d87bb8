import { FINGERPRINT_BYTES } from "../prepare/prepare-batch.ts";

/** Bytes of a stored record: 6 of the fingerprint, 6 of where the event is. */
export const RECORD_BYTES = 12;
const SEQUENCE_BITS = 38;

/** Where an event is, as a 48-bit number: epoch in the upper 10 bits, sequence in the lower 38. */
export function packPlace(ledger: number, sequence: number): number {
  if (ledger >= 1 << 10 || sequence >= 2 ** SEQUENCE_BITS) throw new RangeError("BUG: a place beyond 10 + 38 bits");
  return ledger * 2 ** SEQUENCE_BITS + sequence;
}

export function unpackPlace(place: number): { ledger: number; sequence: number } {
  return { ledger: Math.floor(place / 2 ** SEQUENCE_BITS), sequence: place % 2 ** SEQUENCE_BITS };
}

/** The first 48 bits of an event's fingerprint. Equal ones are only a suspicion: the stored id decides. */
export function fingerprintAt(fingerprints: Uint8Array, index: number): number {
  return read48(fingerprints, index * FINGERPRINT_BYTES);
}

export function read48(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! * 256 + bytes[at + 1]!) * 2 ** 32 +
    (bytes[at + 2]! * 2 ** 24 + (bytes[at + 3]! << 16) + (bytes[at + 4]! << 8) + bytes[at + 5]!)
  );
}

export function write48(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  const low = value % 2 ** 32;
  bytes[at] = high >> 8;
  bytes[at + 1] = high & 0xff;
  bytes[at + 2] = low >>> 24;
  bytes[at + 3] = (low >>> 16) & 0xff;
  bytes[at + 4] = (low >>> 8) & 0xff;
  bytes[at + 5] = low & 0xff;
}
