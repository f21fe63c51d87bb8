/** What this browser has seen of a log, so that a rewritten one is noticed. */
export interface RememberedLog {
  readonly origin: string;
  readonly vkey: string;
  /** RFC 3339. */
  readonly firstSeen: string;
  /** Events under the largest checkpoint that verified. */
  readonly size: number;
  /** Its root, lower-case hex. */
  readonly root: string;
  /** When that was seen, RFC 3339. */
  readonly seen: string;
  /** The signed note of it. */
  readonly note: string;
}

/** Whose log, and which epoch of it. */
export interface LogName {
  readonly project: string;
  readonly tenant: string;
  readonly ledger: number;
}

/** Gives what was remembered of a log, or undefined when nothing was, or nothing can be. */
export function recallLog(name: LogName): RememberedLog | undefined {
  try {
    const log = JSON.parse(localStorage.getItem(keyOf(name)) ?? "null") as RememberedLog | null;
    return log !== null && Number.isSafeInteger(log.size) && /^[0-9a-f]{64}$/.test(log.root) ? log : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a log. Tells whether that was possible. */
export function rememberLog(name: LogName, log: RememberedLog): boolean {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(log));
    return true;
  } catch {
    return false;
  }
}

/** Forgets a log, when its reader knows why it changed. */
export function forgetLog(name: LogName): void {
  try {
    localStorage.removeItem(keyOf(name));
  } catch {
    // Then there is nothing to forget.
  }
}

function keyOf({ project, tenant, ledger }: LogName): string {
  return `cairn.log.${JSON.stringify([project, tenant, ledger])}`;
}
