import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** Somebody who works here. Nobody shares an account: that is the point. */
export interface StaffMember {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** As {@link hashPassword} writes it. */
  readonly password: string;
}

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Longer than any password, and short enough to be hashed. */
const MAX_PASSWORD_CHARS = 200;

/** Writes a password so that it can be compared and not be read: salt and scrypt hash. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES);
  return `${salt.toString("base64url")}.${hash.toString("base64url")}`;
}

/** Finds who signs in; undefined unless address and password belong together. */
export async function findStaff(
  staff: readonly StaffMember[],
  { email, password }: { readonly email: string; readonly password: string },
): Promise<StaffMember | undefined> {
  const member = staff.find((each) => each.email.toLowerCase() === email.trim().toLowerCase());
  // An address that nobody has takes as long as one that somebody has.
  const [salt = "", hash = ""] = (member?.password ?? ".").split(".");
  const expected = Buffer.from(hash, "base64url");
  const given = await derive(password.slice(0, MAX_PASSWORD_CHARS), Buffer.from(salt, "base64url"), HASH_BYTES);
  return expected.length === given.length && timingSafeEqual(expected, given) ? member : undefined;
}
