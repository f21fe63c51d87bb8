/** Bytes that grow: what every column writes into. Reused between blocks, so that a steady load allocates little. */
export class Bytes {
  /** Room beyond `length` holds rubbish. */
  data: Uint8Array<ArrayBuffer>;
  view: DataView;
  length = 0;

  constructor(capacity = 1_024) {
    this.data = new Uint8Array(capacity);
    this.view = new DataView(this.data.buffer);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes and gives the offset at which they start; the caller advances `length`. */
  reserve(count: number): number {
    const needed = this.length + count;
    if (needed > this.data.length) this.grow(needed);
    return this.length;
  }

  private grow(needed: number): void {
    const data = new Uint8Array(Math.max(needed, this.data.length * 2));
    data.set(this.data.subarray(0, this.length));
    this.data = data;
    this.view = new DataView(data.buffer);
  }

  uint8(value: number): void {
    const at = this.reserve(1);
    this.data[at] = value;
    this.length = at + 1;
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
    this.length = at + 4;
  }

  /** A whole number from 0 to 2^53, as 64 bits. */
  uint64(value: number): void {
    const at = this.reserve(8);
    this.view.setUint32(at, value >>> 0, true);
    this.view.setUint32(at + 4, (value / 0x1_0000_0000) >>> 0, true);
    this.length = at + 8;
  }

  /** A whole number from -2^53 to 2^53, as 64 bits in two's complement. */
  int64(value: number): void {
    const at = this.reserve(8);
    this.view.setInt32(at, value | 0, true);
    this.view.setInt32(at + 4, Math.floor(value / 0x1_0000_0000), true);
    this.length = at + 8;
  }

  float64(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value, true);
    this.length = at + 8;
  }

  /** LEB128, at most 2^35. */
  varint(value: number): void {
    let at = this.reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.data[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.data[at++] = rest;
    this.length = at;
  }

  append(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.data.set(bytes, at);
    this.length = at + bytes.length;
  }

  /** What was written; valid until the next write. */
  written(): Uint8Array<ArrayBuffer> {
    return this.data.subarray(0, this.length);
  }
}
