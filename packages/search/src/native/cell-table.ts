import { Bytes } from "./bytes.ts";
import type { Cell } from "./cell.ts";

const FIRST_SLOTS = 256;
/** FNV-1a, 32 bits. */
const HASH_START = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

/**
 * Numbers by the bytes of cells. Equal values have equal bytes (RFC 8785), so a value met before is known without reading
 * it; and most columns hold the value of the row before once more, which is looked at first.
 */
export class CellTable {
  /** Number of an entry plus one, 0 where there is none. */
  private slots = new Uint32Array(FIRST_SLOTS);
  private readonly keys = new Bytes();
  private readonly hashes: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly numbers: number[] = [];
  private last = -1;
  private hash = 0;

  clear(): void {
    if (this.numbers.length === 0) return;
    this.slots.fill(0);
    this.keys.clear();
    for (const list of [this.hashes, this.starts, this.ends, this.numbers]) list.length = 0;
    this.last = -1;
  }

  /** The number of a cell, or -1. */
  find(cell: Cell): number {
    if (this.last !== -1 && this.holds(this.last, cell)) return this.numbers[this.last]!;
    const { bytes, end } = cell;
    let hash = HASH_START;
    for (let at = cell.start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, HASH_PRIME);
    this.hash = hash;
    const { slots } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = slots[slot]! - 1;
      if (this.hashes[entry] !== hash || !this.holds(entry, cell)) continue;
      this.last = entry;
      return this.numbers[entry]!;
    }
    return -1;
  }

  /** Remembers the number of a cell that was just not found. */
  put(cell: Cell, number: number): void {
    const entry = this.numbers.length;
    if ((entry + 1) * 2 > this.slots.length) this.grow();
    this.starts.push(this.keys.length);
    this.keys.append(cell.bytes.subarray(cell.start, cell.end));
    this.ends.push(this.keys.length);
    this.hashes.push(this.hash);
    this.numbers.push(number);
    this.insert(entry);
    this.last = entry;
  }

  private holds(entry: number, { bytes, start, end }: Cell): boolean {
    const from = this.starts[entry]!;
    if (this.ends[entry]! - from !== end - start) return false;
    const { data } = this.keys;
    // From the end: texts of one column differ there sooner.
    for (let i = end - start - 1; i >= 0; i--) if (data[from + i] !== bytes[start + i]) return false;
    return true;
  }

  private insert(entry: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.hashes[entry]! & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
  }

  private grow(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    for (let entry = 0; entry < this.numbers.length; entry++) this.insert(entry);
  }
}
