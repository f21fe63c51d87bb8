import { CairnError } from "@cairn/event";

/** Failures are counted for so long, and a lock lasts as long. */
export const LOCK_MS = 15 * 60_000;
/** Enough for somebody who mistypes, too few to guess. */
const ACCOUNT_FAILURES = 5;
/** Many people share an office's address. */
const ADDRESS_FAILURES = 30;
/** Accounts and addresses remembered; the oldest go first. */
const MAX_KNOWN = 100_000;

interface Count {
  failures: number;
  /** When the count began, or the lock. */
  sinceMs: number;
}

/** Who tries to sign in: `account` is whatever they call themselves, whether it exists or not. */
export interface Attempt {
  readonly account: string;
  readonly address: string;
}

/** Counts failures of accounts and addresses. Accounts that do not exist are counted and locked like those that do. */
export class LockOut {
  private readonly counts = new Map<string, Count>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** @throws CairnError sign_in_locked */
  check(attempt: Attempt): void {
    for (const [key, limit] of keysOf(attempt)) {
      const count = this.live(key);
      if (count === undefined || count.failures < limit) continue;
      const retryAfterSeconds = Math.ceil((count.sinceMs + LOCK_MS - this.now()) / 1_000);
      throw new CairnError("sign_in_locked", "too many failures; signing in is locked for a while", {
        retryAfterSeconds,
      });
    }
  }

  /** Counts a failure; tells whether it locked the account just now. */
  failed(attempt: Attempt): { readonly isLocked: boolean } {
    let isLocked = false;
    for (const [key, limit] of keysOf(attempt)) {
      const count = this.live(key) ?? { failures: 0, sinceMs: this.now() };
      count.failures++;
      if (count.failures === limit) {
        count.sinceMs = this.now();
        isLocked ||= key.startsWith("account/");
      }
      this.counts.delete(key);
      this.counts.set(key, count);
    }
    while (this.counts.size > MAX_KNOWN) this.counts.delete(this.counts.keys().next().value!);
    return { isLocked };
  }

  /** Forgets the failures of an account: its owner has come in. */
  succeeded({ account }: Pick<Attempt, "account">): void {
    this.counts.delete(`account/${account}`);
  }

  private live(key: string): Count | undefined {
    const count = this.counts.get(key);
    return count !== undefined && count.sinceMs + LOCK_MS > this.now() ? count : undefined;
  }
}

function keysOf({ account, address }: Attempt): [key: string, limit: number][] {
  return [
    [`account/${account}`, ACCOUNT_FAILURES],
    [`address/${address}`, ADDRESS_FAILURES],
  ];
}
