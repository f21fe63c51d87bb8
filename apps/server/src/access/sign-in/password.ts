import { CairnError } from "@cairn/event";
import { hash, verify } from "@node-rs/argon2";

/** OWASP's first choice for argon2id, which is the library's default kind: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Hashes at one time: each takes its memory and a thread. */
const MAX_AT_ONCE = 16;
export const PASSWORD_CHARS = { min: 12, max: 200 } as const;

let underWay = 0;

/** Makes what is kept of a password: a PHC string. @throws CairnError parameter_invalid, overloaded */
export function hashPassword(password: string): Promise<string> {
  const text = normal(password);
  if (text.length < PASSWORD_CHARS.min || text.length > PASSWORD_CHARS.max)
    throw new CairnError(
      "parameter_invalid",
      `password: it needs ${PASSWORD_CHARS.min} to ${PASSWORD_CHARS.max} characters`,
    );
  return limited(() => hash(text, COST));
}

let nobodys: Promise<string> | undefined;

/** Tells whether a password is the one. Without one to compare with it takes as long, and it is not. */
export async function verifyPassword(kept: string | undefined, password: string): Promise<boolean> {
  nobodys ??= hash("nobody has this password", COST);
  const compared = kept ?? (await nobodys);
  const isRight = await limited(() => verify(compared, normal(password)));
  return isRight && kept !== undefined;
}

/** One text for what looks the same: keyboards differ in how they write ü. */
function normal(password: string): string {
  return password.normalize("NFKC");
}

async function limited<T>(work: () => Promise<T>): Promise<T> {
  if (underWay >= MAX_AT_ONCE)
    throw new CairnError("overloaded", "too many people sign in at this moment", { retryAfterSeconds: 1 });
  underWay++;
  try {
    return await work();
  } finally {
    underWay--;
  }
}
