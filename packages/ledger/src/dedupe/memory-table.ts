/** Identities per in-memory table before it becomes a run: 32 MiB of memory, 12 MB of run. */
export const TABLE_CAPACITY = 1_000_000;
const FIRST_SLOTS = 2 ** 21;
/** Beyond this fill, look-ups walk far: the table doubles. Only a run that cannot be built (a full disk) lets it come to that. */
const MAX_FILL = 0.75;

/** Fingerprint → places, by open addressing in two flat arrays. A fingerprint may have several places. */
export class MemoryTable {
  private keys = new Float64Array(FIRST_SLOTS);
  private places = new Float64Array(FIRST_SLOTS);
  count = 0;

  get isFull(): boolean {
    return this.count >= TABLE_CAPACITY;
  }

  add(fingerprint: number, place: number): void {
    if (this.count >= this.keys.length * MAX_FILL) this.grow();
    this.insert(fingerprint + 1, place); // 0 marks an empty slot
    this.count++;
  }

  /** Appends the places of a fingerprint to `found`. */
  find(fingerprint: number, found: number[]): void {
    const { keys, places } = this;
    const slots = keys.length;
    // Fingerprints are keyed digests, hence uniform: their low bits are as good as any hash.
    let slot = fingerprint % slots;
    while (keys[slot] !== 0) {
      if (keys[slot] === fingerprint + 1) found.push(places[slot]!);
      slot = (slot + 1) % slots;
    }
  }

  private insert(key: number, place: number): void {
    const slots = this.keys.length;
    let slot = (key - 1) % slots;
    while (this.keys[slot] !== 0) slot = (slot + 1) % slots;
    this.keys[slot] = key;
    this.places[slot] = place;
  }

  private grow(): void {
    const { keys, places } = this;
    this.keys = new Float64Array(keys.length * 2);
    this.places = new Float64Array(keys.length * 2);
    for (let slot = 0; slot < keys.length; slot++) if (keys[slot] !== 0) this.insert(keys[slot]!, places[slot]!);
  }
}
