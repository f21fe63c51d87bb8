/**
 * A small, fast, seeded generator of random numbers (sfc32 by Chris Doty-Humphrey, public domain; passes PractRand).
 * For test data only: anybody can predict it.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = (seed / 0x1_0000_0000) | 0;
    this.c = 0x9e3779b9 | 0;
    // The first values still show the seed.
    for (let i = 0; i < 16; i++) this.bits();
  }

  /** Gives 32 random bits as a signed integer. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum;
  }

  /** Gives an integer from 0 to `limit - 1`; `limit` is at most 2³². The bias is below `limit / 2³²`. */
  below(limit: number): number {
    return Math.floor(((this.bits() >>> 0) / 0x1_0000_0000) * limit);
  }

  /** Picks an element. */
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}
