import type { Random } from "./generate-events-random.ts";

/** Words that occur often, as in the log of a product; invented words follow them in rank. */
const HEAD =
  "the record of patient document report for in on and access review case file account result clinic order request team page note chart summary scan invoice letter plan visit import sync folder contract draft policy export archive intake billing referral lab imaging ward shift roster consent form template survey device connector tenant portal setting group member".split(
    " ",
  );
const SYLLABLES =
  "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bra cle dri flo gru kha ple sti tro vul ban cel dim fon gur hal jet kin lor mun".split(
    " ",
  );
const VOCABULARY = 30_000;
const RARE = 2_000;
/** Prime, so that neighbours in rank share no prefix. */
const STRIDE = 48_271;

/** Words of descriptions: their frequencies fall with their rank (Zipf, exponent 1), and a tail hardly ever occurs. */
export interface Words {
  /** By rank, the most frequent first. */
  readonly common: readonly string[];
  /** Each occurs about once in two million events. */
  readonly rare: readonly string[];
}

/** Makes the vocabulary; always the same. */
export function makeWords(): Words {
  const spaces = SYLLABLES.length ** 3;
  const invented = (i: number): string => {
    const n = (i * STRIDE + 11) % spaces;
    const { length } = SYLLABLES;
    return (
      SYLLABLES[n % length]! + SYLLABLES[Math.floor(n / length) % length]! + SYLLABLES[Math.floor(n / length ** 2)]!
    );
  };
  const common = Array.from({ length: VOCABULARY }, (_, i) => HEAD[i] ?? invented(i));
  return { common, rare: Array.from({ length: RARE }, (_, i) => invented(VOCABULARY + i)) };
}

/** Draws ranks with probability in proportion to `1 / (rank + 1)`, in constant time (Walker's alias method). */
export class ZipfSampler {
  private readonly threshold: Float64Array;
  private readonly alias: Uint32Array;

  constructor(count: number) {
    this.threshold = new Float64Array(count).fill(1);
    this.alias = new Uint32Array(count);
    let sum = 0;
    for (let rank = 0; rank < count; rank++) sum += 1 / (rank + 1);
    const share = Float64Array.from({ length: count }, (_, rank) => count / (rank + 1) / sum);
    const small: number[] = [];
    const large: number[] = [];
    for (let rank = 0; rank < count; rank++) (share[rank]! < 1 ? small : large).push(rank);
    while (small.length > 0 && large.length > 0) {
      const poor = small.pop()!;
      const rich = large[large.length - 1]!;
      this.threshold[poor] = share[poor]!;
      this.alias[poor] = rich;
      share[rich] = share[rich]! - (1 - share[poor]!);
      if (share[rich] < 1) small.push(large.pop()!);
    }
  }

  draw(random: Random): number {
    const at = ((random.bits() >>> 0) / 0x1_0000_0000) * this.threshold.length;
    const column = Math.floor(at);
    return at - column < this.threshold[column]! ? column : this.alias[column]!;
  }
}
