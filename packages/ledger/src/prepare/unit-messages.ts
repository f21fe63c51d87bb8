import type { UnitPath } from "@cairn/event";
import { COMMITMENT_PREFIX, type HashKernel, SALT_LENGTH } from "@cairn/merkle";

const SALT_PLACE = "\0".repeat(SALT_LENGTH);
/** Bytes of a message before its path: prefix, salt, path length. */
const HEADER_BYTES = 1 + SALT_LENGTH + 2;

/** The part of a message in front of its value. */
interface Head {
  readonly text: string;
  /** False for a path whose length is no ASCII character: its messages need the slow way. */
  readonly isPlain: boolean;
}

/** Paths of one form of event come again and again. */
const heads = new WeakMap<UnitPath, Head>();

function headOf(pointer: string): Head {
  const length = Buffer.byteLength(pointer);
  const [high, low] = [length >> 8, length & 0xff];
  const text = String.fromCharCode(COMMITMENT_PREFIX) + SALT_PLACE + String.fromCharCode(high, low) + pointer;
  return { text, isPlain: low <= 0x7f && length === pointer.length };
}

/**
 * The messages whose SHA-256 are the commitments of a batch: `0x10 ‖ salt ‖ u16be(len path) ‖ path ‖ value`
 * (docs/formats/event-root.md). They are built as one JavaScript string and written into the kernel's memory in one go,
 * which costs a third of encoding them one by one.
 */
export class UnitMessages {
  private text = "";
  private readonly starts: number[] = [];
  /** False once a message needs the slow way. */
  private isPlain = true;
  offsets: Uint32Array = new Uint32Array(0);
  lengths: Uint32Array = new Uint32Array(0);

  get count(): number {
    return this.starts.length;
  }

  add(path: UnitPath, value: string): void {
    let head = heads.get(path);
    if (head === undefined) {
      head = headOf(path.pointer);
      heads.set(path, head);
    }
    this.append(head, value);
  }

  /** Adds a message whose path will hardly come again: a person's. */
  addAt(pointer: string, value: string): void {
    this.append(headOf(pointer), value);
  }

  private append(head: Head, value: string): void {
    if (!head.isPlain) this.isPlain = false;
    this.starts.push(this.text.length);
    this.text += head.text + value;
  }

  /** Writes all messages into the kernel's input, `salts` in their places, and fills `offsets` and `lengths`. */
  write(kernel: HashKernel, salts: Uint8Array): void {
    this.offsets = new Uint32Array(this.count);
    this.lengths = new Uint32Array(this.count);
    const byteLength = Buffer.byteLength(this.text);
    const input = kernel.input(byteLength);
    const buffer = Buffer.from(input.buffer, input.byteOffset, byteLength);
    if (this.isPlain && byteLength === this.text.length) this.writeAscii(buffer);
    else this.writeUtf8(buffer);
    for (let i = 0; i < this.count; i++) {
      const at = this.offsets[i]! + 1;
      const from = i * SALT_LENGTH;
      for (let byte = 0; byte < SALT_LENGTH; byte++) buffer[at + byte] = salts[from + byte]!;
    }
  }

  private writeAscii(buffer: Buffer): void {
    buffer.write(this.text, 0, "latin1");
    for (let i = 0; i < this.count; i++) {
      const start = this.starts[i]!;
      this.offsets[i] = start;
      this.lengths[i] = (this.starts[i + 1] ?? this.text.length) - start;
    }
  }

  private writeUtf8(buffer: Buffer): void {
    let at = 0;
    for (let i = 0; i < this.count; i++) {
      const message = this.text.slice(this.starts[i]!, this.starts[i + 1] ?? this.text.length);
      const pathLength = message.charCodeAt(HEADER_BYTES - 2) * 256 + message.charCodeAt(HEADER_BYTES - 1);
      this.offsets[i] = at;
      this.lengths[i] = HEADER_BYTES + buffer.write(message.slice(HEADER_BYTES), at + HEADER_BYTES, "utf8");
      buffer[at] = COMMITMENT_PREFIX;
      buffer.writeUInt16BE(pathLength, at + HEADER_BYTES - 2);
      at += this.lengths[i]!;
    }
  }
}
