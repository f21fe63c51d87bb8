import { fold, foldCut, QUERY_LIMITS, refsIn, toWords } from "@cairn/event";
import { Bytes } from "./bytes.ts";
import type { Cell } from "./cell.ts";
import type { NativeColumn } from "./column.ts";

const utf8 = new TextEncoder();

/** ASCII code → its folded code where it belongs to a word, else 0. */
const WORD_BYTES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  if (/[a-z0-9]/.test(String.fromCharCode(code))) WORD_BYTES[code] = code;
  if (/[A-Z]/.test(String.fromCharCode(code))) WORD_BYTES[code] = code + 32;
}

/** May stand in a subject reference: the characters of the marker that `toWords` of the event room knows. */
const REF_BYTES = new Uint8Array(128);
for (let code = 0; code < 128; code++) if (/[0-9A-Za-z_-]/.test(String.fromCharCode(code))) REF_BYTES[code] = 1;
const REF_START = "{sub_";
const REF_CHARS = 80;

const SPACE = 32;
const BACKSLASH = 92;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

/** Called with each subject reference whose marker stands in a text. */
export type MarkerSink = (ref: string) => void;

/** A ClickHouse String column. The fast paths handle ASCII in place and leave everything else to the event room. */
export class TextColumn implements NativeColumn {
  readonly type = "String";
  readonly bytes = new Bytes();

  clear(): void {
    this.bytes.clear();
  }

  writePrefix(): void {}

  writeTo(out: Bytes): void {
    out.append(this.bytes.written());
  }

  /** Appends a text as it is. */
  push(text: string): void {
    const { bytes } = this;
    const count = text.length;
    if (count === 0) {
      bytes.uint8(0);
      return;
    }
    if (count > SHORT) {
      this.pushLong(text);
      return;
    }
    const start = bytes.reserve(count + 1);
    const { data } = bytes;
    for (let i = 0; i < count; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128) {
        this.pushLong(text);
        return;
      }
      data[start + 1 + i] = code;
    }
    data[start] = count;
    bytes.length = start + 1 + count;
  }

  /** Appends a text folded. */
  pushFolded(text: string): void {
    const { bytes } = this;
    const count = text.length;
    if (count === 0 || count > SHORT) {
      this.push(fold(text));
      return;
    }
    const start = bytes.reserve(count + 1);
    const { data } = bytes;
    for (let i = 0; i < count; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128 || code === 0) {
        this.push(fold(text));
        return;
      }
      data[start + 1 + i] = code >= 65 && code <= 90 ? code + 32 : code;
    }
    data[start] = count;
    bytes.length = start + 1 + count;
  }

  /** Appends the empty text `count` times. */
  pushEmpty(count: number): void {
    const { bytes } = this;
    const start = bytes.reserve(count);
    bytes.data.fill(0, start, start + count);
    bytes.length = start + count;
  }

  /** Appends the text of a cell as {@link pushFolded} does, without making a string of it. */
  pushFoldedCell(cell: Cell): void {
    const { bytes } = this;
    const { bytes: source } = cell;
    const from = cell.start + 1;
    const count = cell.end - 1 - from;
    if (count <= 0 || count > SHORT) {
      this.pushFolded(cell.text());
      return;
    }
    const start = bytes.reserve(count + 1);
    const { data } = bytes;
    for (let i = 0; i < count; i++) {
      const code = source[from + i]!;
      if (code >= 128 || code === BACKSLASH) {
        this.pushFolded(cell.text());
        return;
      }
      data[start + 1 + i] = code >= 65 && code <= 90 ? code + 32 : code;
    }
    data[start] = count;
    bytes.length = start + 1 + count;
  }

  /** Appends a text that is compared as a whole, and from which personal values may have been cut. */
  pushCut(text: string, onMarker: MarkerSink): void {
    if (!text.includes(REF_START)) {
      this.pushFolded(text);
      return;
    }
    const folded = foldCut(text);
    this.push(folded);
    refsIn(folded).forEach(onMarker);
  }

  /** Appends the text of a cell as {@link pushCut} does. */
  pushCutCell(cell: Cell, onMarker: MarkerSink): void {
    const { bytes, end } = cell;
    for (let at = cell.start + 1; at < end; at++) {
      if (bytes[at] !== OPENING_BRACE) continue;
      this.pushCut(cell.text(), onMarker);
      return;
    }
    this.pushFoldedCell(cell);
  }

  /** Appends the text of a cell as {@link pushWords} does, without making a string of it. */
  pushWordsCell(cell: Cell, onMarker: MarkerSink): void {
    const { bytes } = this;
    const count = cell.end - cell.start - 2;
    if (count <= 0) {
      bytes.uint8(0);
      return;
    }
    const bound = count * 2 + 2;
    const prefix = varintBytes(bound);
    const start = bytes.reserve(bound + prefix);
    const end = cellWordsInto(bytes.data, start + prefix, cell, onMarker);
    if (end === -1) {
      this.pushWords(cell.text(), onMarker);
      return;
    }
    putPaddedVarint(bytes.data, start, prefix, end - start - prefix);
    bytes.length = end;
  }

  private pushLong(text: string): void {
    const { bytes } = this;
    // Three bytes a UTF-16 unit at most; the length goes in front, padded to as many bytes as the bound needs.
    const bound = text.length * 3;
    const prefix = varintBytes(bound);
    const start = bytes.reserve(bound + prefix);
    const { written } = utf8.encodeInto(text, bytes.data.subarray(start + prefix));
    putPaddedVarint(bytes.data, start, prefix, written);
    bytes.length = start + prefix + written;
  }

  /** Appends a text as words. */
  pushWords(text: string, onMarker: MarkerSink): void {
    const { bytes } = this;
    if (text.length === 0) {
      bytes.uint8(0);
      return;
    }
    const bound = wordsBound(text);
    const prefix = varintBytes(bound);
    const start = bytes.reserve(bound + prefix);
    const end = wordsInto(bytes.data, start + prefix, text, onMarker);
    if (end === -1) {
      this.push(slowWords(text, onMarker));
      return;
    }
    putPaddedVarint(bytes.data, start, prefix, end - start - prefix);
    bytes.length = end;
  }

  /** Appends several texts as words, a line each: words of different texts never stand side by side. */
  pushWordLines(texts: readonly string[], count: number, onMarker: MarkerSink): void {
    const { bytes } = this;
    let bound = 0;
    for (let i = 0; i < count; i++) bound += wordsBound(texts[i]!) + 1;
    const prefix = varintBytes(bound);
    const start = bytes.reserve(bound + prefix);
    let at = start + prefix;
    for (let i = 0; i < count; i++) {
      const end = wordsInto(bytes.data, at, texts[i]!, onMarker);
      if (end === -1) {
        const lines = texts.slice(0, count).map((text) => slowWords(text, onMarker));
        this.push(lines.filter((line) => line !== "").join("\n"));
        return;
      }
      if (end > at) bytes.data[end] = NEWLINE;
      at = end > at ? end + 1 : at;
    }
    const end = at > start + prefix ? at - 1 : at;
    putPaddedVarint(bytes.data, start, prefix, end - start - prefix);
    bytes.length = end;
  }
}

const NEWLINE = 10;
/** Texts up to here have a length of one byte and are written by the loop, which beats a call into the encoder. */
const SHORT = 127;

function slowWords(text: string, onMarker: MarkerSink): string {
  const words = toWords(text);
  for (const ref of refsIn(words)) onMarker(ref);
  return words;
}

/**
 * Writes the words of an ASCII text, as `toWords` does, and gives the offset after them; -1 when the text is not ASCII.
 * Writes at most {@link wordsBound} bytes.
 */
function wordsInto(data: Uint8Array, start: number, text: string, onMarker: MarkerSink): number {
  const count = text.length;
  let at = start;
  let run = 0;
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(i);
    if (code >= 128) return -1;
    const byte = WORD_BYTES[code]!;
    if (byte !== 0) {
      if (run === 0) data[at++] = SPACE;
      if (run++ < QUERY_LIMITS.wordChars) data[at++] = byte;
      continue;
    }
    run = 0;
    if (code !== OPENING_BRACE) continue;
    const end = markerEnd(text, i);
    if (end === -1) continue;
    const ref = text.slice(i + 1, end);
    onMarker(ref);
    data[at++] = SPACE;
    at = refWordInto(data, at, ref);
    i = end;
  }
  if (at > start) data[at++] = SPACE;
  return at;
}

/** As {@link wordsInto}, for the text of a cell; -1 when it is not ASCII or holds an escape. */
function cellWordsInto(data: Uint8Array, start: number, cell: Cell, onMarker: MarkerSink): number {
  const { bytes: source } = cell;
  const to = cell.end - 1;
  let at = start;
  let run = 0;
  for (let i = cell.start + 1; i < to; i++) {
    const code = source[i]!;
    if (code >= 128 || code === BACKSLASH) return -1;
    const byte = WORD_BYTES[code]!;
    if (byte !== 0) {
      if (run === 0) data[at++] = SPACE;
      if (run++ < QUERY_LIMITS.wordChars) data[at++] = byte;
      continue;
    }
    run = 0;
    if (code !== OPENING_BRACE) continue;
    // Markers are rare: their text is worth a string.
    const text = source.toString("latin1", i, Math.min(to, i + REF_START.length + REF_CHARS + 1));
    const end = markerEnd(text, 0);
    if (end === -1) continue;
    const ref = text.slice(1, end);
    onMarker(ref);
    data[at++] = SPACE;
    at = refWordInto(data, at, ref);
    i += end;
  }
  if (at > start) data[at++] = SPACE;
  return at;
}

/**
 * How many bytes the words of an ASCII text take at most: a space more at each end, and in a reference, which loses its
 * braces, up to twice as many and the sign in front.
 */
function wordsBound(text: string): number {
  return text.length * 2 + 2;
}

/** Writes an ASCII reference as `refWord` does: the sign and the two replacements are two bytes each in UTF-8. */
function refWordInto(data: Uint8Array, start: number, ref: string): number {
  let at = start;
  data[at++] = TWO_BYTES;
  data[at++] = SIGN;
  for (let i = 0; i < ref.length; i++) {
    const code = ref.charCodeAt(i);
    if (code === UNDERSCORE || code === HYPHEN) {
      data[at++] = TWO_BYTES;
      data[at++] = code === UNDERSCORE ? SIGN : NOT_SIGN;
    } else data[at++] = code;
  }
  return at;
}

const UNDERSCORE = 95;
const HYPHEN = 45;
/** `¤` is C2 A4 in UTF-8, `¬` is C2 AC. */
const TWO_BYTES = 0xc2;
const SIGN = 0xa4;
const NOT_SIGN = 0xac;

/** The offset of the brace that closes a marker opened at `start`, or -1. */
function markerEnd(text: string, start: number): number {
  if (!text.startsWith(REF_START, start)) return -1;
  const first = start + REF_START.length;
  let at = first;
  while (at < text.length && at - first <= REF_CHARS && REF_BYTES[text.charCodeAt(at)] === 1) at++;
  return at > first && at - first <= REF_CHARS && text.charCodeAt(at) === CLOSING_BRACE ? at : -1;
}

function varintBytes(bound: number): number {
  return bound < 0x80 ? 1 : bound < 0x4000 ? 2 : bound < 0x20_0000 ? 3 : 4;
}

/** Writes LEB128 in exactly `count` bytes; readers take the leading zero groups as they are. */
function putPaddedVarint(data: Uint8Array, start: number, count: number, value: number): void {
  let rest = value;
  for (let i = 0; i < count - 1; i++) {
    data[start + i] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  data[start + count - 1] = rest;
}
