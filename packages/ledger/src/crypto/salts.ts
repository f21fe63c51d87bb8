import { createCipheriv } from "node:crypto";
import { SALT_LENGTH } from "@cairn/merkle";

/** Length of the seed of a salt stream: one for each category in a batch. */
export const SEED_BYTES = 32;

/**
 * Gives `count` salts of a stream, from salt `start` on: AES-256-CTR keystream under the seed, one block a salt.
 *
 * A stream serves the core units of one category in one batch, so that no seed outlives an erasure: retention removes
 * categories, and rewriting a part of one writes salts out (ledger format 1). Streams never restart: a seed is random
 * and used for one batch, and each block of it for one unit.
 */
export function saltStream(seed: Uint8Array, start: number, count: number): Uint8Array {
  const counter = Buffer.alloc(16);
  counter.writeUInt32BE(start, 12);
  const cipher = createCipheriv("aes-256-ctr", seed, counter);
  return cipher.update(new Uint8Array(count * SALT_LENGTH));
}
