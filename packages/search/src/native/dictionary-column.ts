import type { Bytes } from "./bytes.ts";
import type { Cell } from "./cell.ts";
import { CellTable } from "./cell-table.ts";
import type { NativeColumn } from "./column.ts";
import { TextColumn } from "./text-column.ts";

/** ClickHouse's version of dictionary serialisation: keys travel with the block. */
const KEYS_VERSION = 1;
/** Flags of a block: it brings its own keys (bit 9) and the dictionary is to be updated (bit 10). */
const BLOCK_FLAGS = 0x600;

/**
 * A ClickHouse LowCardinality(String) column: each different text once, and a small number per row. The caller says how a
 * text is stored; that is worked out once per text and block.
 */
export class DictionaryColumn implements NativeColumn {
  readonly type = "LowCardinality(String)";
  private readonly store: (text: string) => string;
  private readonly keys = new TextColumn();
  private readonly indexByText = new Map<string, number>();
  private readonly indexByStored = new Map<string, number>();
  private readonly indexByCell = new CellTable();
  private indexes = new Uint32Array(1_024);
  private count = 0;

  constructor(store: (text: string) => string) {
    this.store = store;
  }

  clear(): void {
    this.keys.clear();
    this.indexByText.clear();
    this.indexByStored.clear();
    this.indexByCell.clear();
    this.count = 0;
  }

  /** Number of values. */
  get length(): number {
    return this.count;
  }

  push(text: string): void {
    this.pushIndex(this.indexOf(text));
  }

  /** Appends the same text `count` times. */
  pushTimes(text: string, count: number): void {
    if (count === 0) return;
    const index = this.indexOf(text);
    this.reserve(count);
    this.indexes.fill(index, this.count, this.count + count);
    this.count += count;
  }

  /** Appends the text of a cell; a string is made of each different one only. */
  pushCell(cell: Cell): void {
    let index = this.indexByCell.find(cell);
    if (index === -1) {
      index = this.indexOf(cell.text());
      this.indexByCell.put(cell, index);
    }
    this.pushIndex(index);
  }

  /** Number of a text in this block's dictionary, for {@link pushIndex}. */
  indexOf(text: string): number {
    let index = this.indexByText.get(text);
    if (index === undefined) {
      index = this.add(text);
      this.indexByText.set(text, index);
    }
    return index;
  }

  /** Appends a text by its number. */
  pushIndex(index: number): void {
    if (this.count === this.indexes.length) this.reserve(1);
    this.indexes[this.count++] = index;
  }

  private reserve(count: number): void {
    const needed = this.count + count;
    if (needed <= this.indexes.length) return;
    const indexes = new Uint32Array(Math.max(needed, this.indexes.length * 2));
    indexes.set(this.indexes.subarray(0, this.count));
    this.indexes = indexes;
  }

  private add(text: string): number {
    const stored = text === "" ? "" : this.store(text);
    const found = this.indexByStored.get(stored);
    if (found !== undefined) return found;
    const index = this.indexByStored.size;
    this.indexByStored.set(stored, index);
    this.keys.push(stored);
    return index;
  }

  /** Writes what stands before the values of a column that holds this one. */
  writePrefix(out: Bytes): void {
    out.uint64(KEYS_VERSION);
  }

  /** Writes the values. */
  writeTo(out: Bytes): void {
    if (this.count === 0) return;
    const keyCount = this.indexByStored.size;
    const width = keyCount <= 0x100 ? 0 : keyCount <= 0x1_0000 ? 1 : 2;
    out.uint64(BLOCK_FLAGS + width);
    out.uint64(keyCount);
    out.append(this.keys.bytes.written());
    out.uint64(this.count);
    const used = this.indexes.subarray(0, this.count);
    if (width === 0) out.append(new Uint8Array(used));
    else if (width === 1) out.append(new Uint8Array(new Uint16Array(used).buffer));
    else out.append(new Uint8Array(used.buffer, 0, this.count * 4));
  }
}
