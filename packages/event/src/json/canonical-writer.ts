import { canonicalJson } from "./canonical.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const encoder = new TextEncoder();

/**
 * Writes RFC 8785 JSON as UTF-8 into one growing buffer, without a string for each value: on the path of every event,
 * the garbage of building text costs more than the text. Same output as `canonicalJson`, held to it by a property test.
 */
export class CanonicalWriter {
  bytes: Uint8Array;
  length = 0;
  /** The same memory as `bytes`. */
  private view: DataView;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Forgets what was written; the buffer stays. */
  clear(): void {
    this.length = 0;
  }

  /** Makes room for this many more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Copies bytes `start` to `end` of `from`. */
  raw(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const { bytes } = this;
    let at = this.length;
    // Values are short: a loop is faster than a call into the platform.
    if (end - start > 256) {
      bytes.set(from.subarray(start, end), at);
      at += end - start;
    } else for (let i = start; i < end; i++) bytes[at++] = from[i]!;
    this.length = at;
  }

  /** Copies bytes `start` to `end` of what another writer wrote: four at a time, because most values are short. */
  copy(source: CanonicalWriter, start: number, end: number): void {
    if (end + 4 > source.bytes.length) {
      this.raw(source.bytes, start, end);
      return;
    }
    this.reserve(end - start + 4);
    const { view } = this;
    const from = source.view;
    for (let i = start, at = this.length; i < end; i += 4, at += 4) view.setInt32(at, from.getInt32(i));
    this.length += end - start;
  }

  /** Writes a text as it is. */
  text(text: string): void {
    this.reserve(text.length * 3);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.length = at + encoder.encodeInto(text.slice(i), bytes.subarray(at)).written;
        return;
      }
      bytes[at++] = code;
    }
    this.length = at;
  }

  /** Writes a JSON value that has passed the door. */
  value(value: unknown): void {
    switch (typeof value) {
      case "string":
        this.string(value);
        return;
      case "number":
        this.text(value === 0 ? "0" : String(value));
        return;
      case "boolean":
        this.text(value ? "true" : "false");
        return;
      default:
        if (value === null) this.text("null");
        else if (Array.isArray(value)) this.array(value);
        else this.object(value as Readonly<Record<string, unknown>>);
    }
  }

  /** Writes a JSON string. */
  string(text: string): void {
    // Six bytes a code unit is the longest there is: \u001f.
    this.reserve(text.length * 6 + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
        // Escapes and other alphabets: the platform's own writer, from the start.
        this.length += encoder.encodeInto(canonicalJson(text), bytes.subarray(this.length)).written;
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.length = at;
  }

  private array(values: readonly unknown[]): void {
    this.byte(0x5b);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.byte(0x2c);
      this.value(values[i]);
    }
    this.byte(0x5d);
  }

  private object(object: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(object);
    if (keys.length > 1) keys.sort();
    this.byte(0x7b);
    let isFirst = true;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const member = object[key];
      if (member === undefined) continue;
      if (!isFirst) this.byte(0x2c);
      isFirst = false;
      this.string(key);
      this.byte(0x3a);
      this.value(member);
    }
    this.byte(0x7d);
  }
}
