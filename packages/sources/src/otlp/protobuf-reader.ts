import { SourceError } from "../core/source-error.ts";

const MAX_NUMBER = 2 ** 29 - 1;
const MAX_VARINT_BYTES = 10;
const HIGH = 2 ** 32;
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

/** Keys of attributes stand in every record again: made once, they cost a comparison. */
const KEY_SLOTS = 1_024;
const MAX_KNOWN_KEY_BYTES = 64;

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Goes through the fields of a message of protocol buffers and of the messages in it, and makes nothing of what nobody asks
 * for. After `next` one of the others takes the value; groups (wire types 3 and 4) are refused, as no format read here has
 * them. All of them throw SourceError protobuf_invalid.
 */
export class ProtobufReader {
  /** Number of the field that is next to be taken. */
  number = 0;
  private wire = 0;
  private at = 0;
  private end: number;
  /** Halves of the last number of 64 bits. */
  private low = 0;
  private high = 0;
  private readonly bytes: Buffer;
  private readonly keys: (string | undefined)[] = new Array<undefined>(KEY_SLOTS);

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  /** Where it stands, to go back to. */
  get place(): number {
    return this.at;
  }

  /** Goes back within the message. */
  goBack(place: number): void {
    this.at = place;
  }

  /** Reads which field comes next; false at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.small();
    this.number = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.number === 0 || this.number > MAX_NUMBER) throw this.invalid("a field has no number");
    return true;
  }

  /** Passes over a field, whatever it is. */
  skip(): void {
    if (this.wire === VARINT) this.varint();
    else if (this.wire === FIXED64) this.take(8);
    else if (this.wire === BYTES) this.take(this.length());
    else if (this.wire === FIXED32) this.take(4);
    else throw this.invalid("a field has an unknown wire type");
  }

  /** Goes into a message; gives what `leave` needs to go on behind it. */
  enter(): number {
    this.demand(BYTES);
    const length = this.length();
    if (length > this.end - this.at) throw this.invalid("a field is cut off");
    const outer = this.end;
    this.end = this.at + length;
    return outer;
  }

  /** Goes on behind the message that was gone into. */
  leave(outer: number): void {
    this.at = this.end;
    this.end = outer;
  }

  /** Takes a text. */
  text(): string {
    this.demand(BYTES);
    const length = this.length();
    const start = this.take(length);
    return this.textAt(start, start + length);
  }

  /** Takes a text that is likely to stand in many places. */
  key(): string {
    this.demand(BYTES);
    const length = this.length();
    const start = this.take(length);
    const { bytes, keys } = this;
    if (length === 0 || length > MAX_KNOWN_KEY_BYTES) return this.textAt(start, start + length);
    const slot =
      (length * 31 + bytes[start]! * 7 + bytes[start + (length >> 1)]! * 131 + bytes[start + length - 1]! * 17) %
      KEY_SLOTS;
    const known = keys[slot];
    if (known !== undefined && this.isAt(known, start, length)) return known;
    const made = this.textAt(start, start + length);
    keys[slot] = made;
    return made;
  }

  /** Takes bytes; they are part of the body. */
  taken(): Buffer {
    this.demand(BYTES);
    const length = this.length();
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** Takes a number of 32 bits, with its sign where it is a varint. */
  int32(): number {
    if (this.wire === FIXED32) return this.bytes.readUInt32LE(this.take(4));
    this.demand(VARINT);
    this.varint();
    return this.low | 0;
  }

  /** Takes a number of 64 bits with a sign; as text when no double holds it. */
  int64(): number | string {
    this.demand(VARINT);
    this.varint();
    const number = (this.high | 0) * HIGH + (this.low >>> 0);
    return Number.isSafeInteger(number) ? number : String(BigInt.asIntN(64, this.bits()));
  }

  /** Takes a number of 64 bits without a sign. */
  uint64(): bigint {
    if (this.wire === FIXED64) return this.bytes.readBigUInt64LE(this.take(8));
    this.demand(VARINT);
    this.varint();
    return this.bits();
  }

  double(): number {
    this.demand(FIXED64);
    return this.bytes.readDoubleLE(this.take(8));
  }

  private bits(): bigint {
    return (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0);
  }

  private demand(wire: number): void {
    if (this.wire !== wire) throw this.invalid(`field ${this.number} has another wire type than in the protocol`);
  }

  /** Passes over bytes and gives where they begin. */
  private take(length: number): number {
    if (length > this.end - this.at) throw this.invalid("a field is cut off");
    this.at += length;
    return this.at - length;
  }

  private length(): number {
    return this.small();
  }

  /** Reads a varint that a double holds, or more than anything here may be. */
  private small(): number {
    const byte = this.at < this.end ? this.bytes[this.at]! : 0x80;
    if (byte < 0x80) {
      this.at++;
      return byte;
    }
    this.varint();
    return (this.high >>> 0) * HIGH + (this.low >>> 0);
  }

  private varint(): void {
    let [low, high] = [0, 0];
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      if (this.at >= this.end) throw this.invalid("a number is cut off");
      const byte = this.bytes[this.at++]!;
      const bits = byte & 0x7f;
      const shift = 7 * i;
      if (shift <= 28) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.low = low;
        this.high = high;
        return;
      }
    }
    throw this.invalid(`a number has more than ${MAX_VARINT_BYTES} bytes`);
  }

  private textAt(start: number, end: number): string {
    const { bytes } = this;
    for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return this.decoded(start, end);
    return bytes.toString("latin1", start, end);
  }

  private decoded(start: number, end: number): string {
    try {
      return decoder.decode(this.bytes.subarray(start, end));
    } catch {
      throw new SourceError("protobuf_invalid", "a text is not UTF-8");
    }
  }

  private isAt(text: string, start: number, length: number): boolean {
    // What is not ASCII has fewer units than bytes.
    if (text.length !== length) return false;
    for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== this.bytes[start + i]) return false;
    return true;
  }

  private invalid(message: string): SourceError {
    return new SourceError("protobuf_invalid", message, { offset: this.at });
  }
}
