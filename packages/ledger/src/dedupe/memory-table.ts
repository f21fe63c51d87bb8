/** Identities per in-memory table before it becomes a run: 32 MiB of memory, 12 MB of run. */
export const TABLE_CAPACITY = 1_000_000;
const SLOTS = 2 ** 21;

/** Fingerprint → places, by open addressing in two flat arrays. A fingerprint may have several places. */
export class MemoryTable {
  private readonly keys = new Float64Array(SLOTS);
  private readonly places = new Float64Array(SLOTS);
  count = 0;

  get isFull(): boolean {
    return this.count >= TABLE_CAPACITY;
  }

  add(fingerprint: number, place: number): void {
    let slot = slotOf(fingerprint);
    while (this.keys[slot] !== 0) slot = (slot + 1) % SLOTS;
    this.keys[slot] = fingerprint + 1; // 0 marks an empty slot
    this.places[slot] = place;
    this.count++;
  }

  /** Appends the places of a fingerprint to `found`. */
  find(fingerprint: number, found: number[]): void {
    let slot = slotOf(fingerprint);
    while (this.keys[slot] !== 0) {
      if (this.keys[slot] === fingerprint + 1) found.push(this.places[slot]!);
      slot = (slot + 1) % SLOTS;
    }
  }
}

/** Fingerprints are keyed digests, hence uniform: their low bits are as good as any hash. */
function slotOf(fingerprint: number): number {
  return fingerprint % SLOTS;
}
