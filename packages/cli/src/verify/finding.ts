/** One thing that is wrong with what was verified. */
export interface Finding {
  /** Stable name; the README lists them. */
  readonly code: string;
  /** The file it is in. */
  readonly file: string;
  /** Index of the entry or line concerned, where one is. */
  readonly index?: number;
  /** A sentence. */
  readonly message: string;
}

/** Gathers findings up to a limit. */
export interface Findings {
  readonly list: readonly Finding[];
  /** Whether there are more than were kept. */
  readonly isTruncated: boolean;
  add(finding: Finding): void;
}

/** More say nothing new, and a bundle of rubbish must not fill the memory. */
export const MAX_FINDINGS = 1_000;

/** Makes an empty list. */
export function createFindings(): Findings {
  const list: Finding[] = [];
  let isTruncated = false;
  return {
    list,
    get isTruncated() {
      return isTruncated;
    },
    add(finding) {
      if (list.length < MAX_FINDINGS) list.push(finding);
      else isTruncated = true;
    },
  };
}
