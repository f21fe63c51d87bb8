/** Exit codes that all commands share; `watch` and `verify` document theirs. */
export const EXIT = {
  done: 0,
  /** Something did not succeed: an event refused, a finding, a job failed. */
  failed: 1,
  usage: 2,
  unreachable: 3,
  /** `watch` only: the log was rewritten or rolled back, or its signature does not verify. */
  tampered: 4,
  /** Ended by SIGINT, as shells number it. */
  interrupted: 130,
} as const;
