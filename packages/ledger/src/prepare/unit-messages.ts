import { CanonicalWriter, type CompiledEvent, type Json, type UnitPath } from "@cairn/event";
import { COMMITMENT_PREFIX, type HashKernel, SALT_LENGTH } from "@cairn/merkle";
import type { ValueSource } from "../block/value-source.ts";

/** Where the salt stands in a message: behind the prefix. */
const SALT_OFFSET = 1;
const SLASH = 0x2f;
/** Enough for most batches; the buffer grows. */
const INITIAL_BYTES = 1024 * 1024;

/** The part of a message in front of its value: prefix, room for the salt, path length, path. */
const heads = new WeakMap<UnitPath, Uint8Array>();

function headOf(pointer: string): Uint8Array {
  const path = Buffer.from(pointer);
  const head = new Uint8Array(SALT_OFFSET + SALT_LENGTH + 2 + path.length);
  head[0] = COMMITMENT_PREFIX;
  head[SALT_OFFSET + SALT_LENGTH] = path.length >> 8;
  head[SALT_OFFSET + SALT_LENGTH + 1] = path.length & 0xff;
  head.set(path, SALT_OFFSET + SALT_LENGTH + 2);
  return head;
}

/**
 * The messages whose SHA-256 are the commitments of a batch: `0x10 ‖ salt ‖ u16be(len path) ‖ path ‖ value`
 * (docs/formats/entry.md). Values are written once, into one buffer that serves batch after batch, and what is
 * stored of them is copied from there: no text is built for any.
 */
export class UnitMessages implements ValueSource {
  private readonly writer = new CanonicalWriter(INITIAL_BYTES);
  private starts = new Uint32Array(16_384);
  private valueStarts = new Uint32Array(16_384);
  count = 0;
  offsets: Uint32Array = new Uint32Array(0);
  lengths: Uint32Array = new Uint32Array(0);

  /** Forgets everything; the buffers stay. */
  clear(): void {
    this.writer.clear();
    this.count = 0;
  }

  /** Adds a unit and gives its number. */
  add(path: UnitPath, value: Json): number {
    let head = heads.get(path);
    if (head === undefined) {
      head = headOf(path.pointer);
      heads.set(path, head);
    }
    const unit = this.begin(head);
    this.writer.value(value);
    return unit;
  }

  /** Adds a unit whose path will hardly come again: a person's. */
  addAt(pointer: string, value: Json): number {
    const unit = this.begin(headOf(pointer));
    this.writer.value(value);
    return unit;
  }

  /** Adds a unit whose value is RFC 8785 bytes already. */
  addBytes(pointer: string, value: Uint8Array): number {
    const unit = this.begin(headOf(pointer));
    this.writer.raw(value, 0, value.length);
    return unit;
  }

  /** Adds all units of a compiled event, `/log` first, and gives the number of the first. */
  addCompiled({ body, index }: CompiledEvent): number {
    const { writer } = this;
    const { bytes, starts, valueStarts } = body.buffers;
    const from = body.outStart(index);
    const moved = writer.length - from;
    writer.raw(bytes, from, body.outEnd(index));
    const first = this.count;
    const count = body.unitCount(index);
    while (first + count > this.starts.length) this.grow();
    const source = body.firstUnit(index);
    for (let i = 0; i < count; i++) {
      this.starts[first + i] = starts[source + i]! + moved;
      this.valueStarts[first + i] = valueStarts[source + i]! + moved;
    }
    this.count = first + count;
    return first;
  }

  /** Appends the last token of a unit's path: of a person's unit, the reference. */
  copyName(unit: number, target: CanonicalWriter): void {
    const { bytes } = this.writer;
    const end = this.valueStarts[unit]!;
    let start = end;
    while (bytes[start - 1] !== SLASH) start--;
    target.raw(bytes, start, end);
  }

  copyValue(unit: number, target: CanonicalWriter): void {
    target.copy(this.writer, this.valueStarts[unit]!, this.endOf(unit));
  }

  /** Writes all messages into the kernel's input, `salts` in their places, and fills `offsets` and `lengths`. */
  write(kernel: HashKernel, salts: Uint8Array): void {
    const { bytes, length } = this.writer;
    this.offsets = this.starts.subarray(0, this.count);
    if (this.lengths.length < this.count) this.lengths = new Uint32Array(this.starts.length);
    const input = kernel.input(length);
    input.set(bytes.subarray(0, length));
    const [to, from] = [input, salts].map(({ buffer, byteOffset }) => new DataView(buffer, byteOffset)) as [
      DataView,
      DataView,
    ];
    for (let unit = 0, salt = 0; unit < this.count; unit++, salt += SALT_LENGTH) {
      const start = this.starts[unit]!;
      this.lengths[unit] = this.endOf(unit) - start;
      const at = start + SALT_OFFSET;
      for (let byte = 0; byte < SALT_LENGTH; byte += 4) to.setInt32(at + byte, from.getInt32(salt + byte));
    }
  }

  private begin(head: Uint8Array): number {
    if (this.count === this.starts.length) this.grow();
    const { writer } = this;
    const unit = this.count++;
    this.starts[unit] = writer.length;
    writer.reserve(head.length);
    const { bytes } = writer;
    let at = writer.length;
    for (let i = 0; i < head.length; i++) bytes[at++] = head[i]!;
    writer.length = at;
    this.valueStarts[unit] = at;
    return unit;
  }

  private endOf(unit: number): number {
    return unit + 1 < this.count ? this.starts[unit + 1]! : this.writer.length;
  }

  private grow(): void {
    const double = (from: Uint32Array): Uint32Array<ArrayBuffer> => {
      const to = new Uint32Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.starts = double(this.starts);
    this.valueStarts = double(this.valueStarts);
  }
}
