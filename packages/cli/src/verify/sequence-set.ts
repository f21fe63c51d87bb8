/** Sequences a page: 8 kB of bits. */
const PAGE = 65_536;

/** A set of sequences that takes a bit each, wherever they are dense. */
export interface SequenceSet {
  readonly size: number;
  has(sequence: number): boolean;
  /** False when it was there already. */
  add(sequence: number): boolean;
}

/** Makes an empty set. */
export function createSequenceSet(): SequenceSet {
  const pages = new Map<number, Uint8Array>();
  let size = 0;

  function has(sequence: number): boolean {
    const page = pages.get(Math.floor(sequence / PAGE));
    const bit = sequence % PAGE;
    return page !== undefined && ((page[bit >> 3]! >> (bit & 7)) & 1) === 1;
  }

  return {
    get size() {
      return size;
    },
    has,
    add(sequence) {
      if (has(sequence)) return false;
      const number = Math.floor(sequence / PAGE);
      const page = pages.get(number) ?? new Uint8Array(PAGE / 8);
      pages.set(number, page);
      const bit = sequence % PAGE;
      page[bit >> 3] = page[bit >> 3]! | (1 << (bit & 7));
      size++;
      return true;
    },
  };
}
