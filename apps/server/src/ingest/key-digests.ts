import { keyedHex } from "@cairn/ledger";

/** What a text that a mapping had to cut ends with, before the digest of the whole in hexadecimal. */
const PLAIN_TEXT = "…sha-256:";
const PLAIN = Buffer.from(PLAIN_TEXT);
/** The same of a digest under the tenant's key: as long, so that every place in the body stays where it is. */
const KEYED = Buffer.from("…hmac256:");
const HEX_DIGITS = 64;
const HEX = /^[0-9a-f]{64}$/;

/** Tells whether texts that were cut may be in a body. */
export function holdsDigests(body: Uint8Array): boolean {
  return asBuffer(body).includes(PLAIN);
}

/**
 * Replaces, in place, the digests of texts that were cut by ones under the tenant's key: an unsalted hash of a personal
 * value would let anybody test guesses of what was erased.
 */
export function keyDigests(body: Uint8Array, key: Uint8Array): void {
  const bytes = asBuffer(body);
  for (let at = bytes.indexOf(PLAIN); at !== -1; at = bytes.indexOf(PLAIN, at + PLAIN.length)) {
    const start = at + PLAIN.length;
    const digest = bytes.toString("latin1", start, start + HEX_DIGITS);
    if (!HEX.test(digest)) continue;
    KEYED.copy(bytes, at);
    bytes.write(keyedHex(key, `cut\0${digest}`), start, "latin1");
  }
}

/** Tells whether texts that were cut may be in a text of JSON. */
export function holdsDigestText(text: string): boolean {
  return text.includes(PLAIN_TEXT);
}

/** Does with a text of JSON what {@link keyDigests} does with bytes. */
export function keyDigestsOf(text: string, key: Uint8Array): string {
  const bytes = Buffer.from(text);
  keyDigests(bytes, key);
  return bytes.toString();
}

/** Does the same with a value of JSON. */
export function withKeyedDigests(value: unknown, key: Uint8Array): unknown {
  return JSON.parse(keyDigestsOf(JSON.stringify(value) ?? "null", key));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
