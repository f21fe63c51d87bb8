import { createHash, randomBytes } from "node:crypto";

/** Makes a token that opens something: 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of a token: so many random bits need no slow hash. */
export function tokenDigest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Makes a name for something: a prefix and 100 random bits. */
export function newId(prefix: string): string {
  let id = `${prefix}_`;
  for (const byte of randomBytes(20)) id += ALPHABET[byte & 31];
  return id;
}
