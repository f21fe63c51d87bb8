/** A stretch of a text, and whether the other text has it, too. */
export interface DiffPart {
  readonly text: string;
  readonly isChanged: boolean;
}

/** Longer texts are shown as they are: comparing them takes time by the product of their lengths. */
const MAX_TOKENS = 600;

/** Compares two texts word by word; both sides come back in stretches that are the same or different. */
export function diffWords(before: string, after: string): { readonly before: DiffPart[]; readonly after: DiffPart[] } {
  const [a, b] = [tokensOf(before), tokensOf(after)];
  if (a.length > MAX_TOKENS || b.length > MAX_TOKENS || before === after) return whole(before, after);
  const kept = keptPairs(a, b);
  // Nothing but spaces and commas in common is nothing in common.
  if (![...kept.before].some((i) => /[\p{L}\p{N}]/u.test(a[i] ?? ""))) return whole(before, after);
  return { before: partsOf(a, kept.before), after: partsOf(b, kept.after) };
}

function whole(before: string, after: string) {
  const isChanged = before !== after;
  return { before: [{ text: before, isChanged }], after: [{ text: after, isChanged }] };
}

function tokensOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

/** Positions of a longest common subsequence of tokens. */
function keptPairs(a: readonly string[], b: readonly string[]) {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const before = new Set<number>();
  const after = new Set<number>();
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      before.add(i++);
      after.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return { before, after };
}

function partsOf(tokens: readonly string[], kept: ReadonlySet<number>): DiffPart[] {
  const parts: DiffPart[] = [];
  for (const [i, token] of tokens.entries()) {
    const isChanged = !kept.has(i);
    const last = parts.at(-1);
    if (last?.isChanged === isChanged) parts[parts.length - 1] = { text: last.text + token, isChanged };
    else parts.push({ text: token, isChanged });
  }
  return parts;
}
