import type { Json } from "@cairn/event";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Lines of text, each the RFC 8785 bytes of one value. */
export interface CellLines {
  readonly bytes: Buffer;
  /** Where each line starts, and behind them where the next one would. */
  readonly starts: Uint32Array;
}

/** Finds the lines of `bytes` from `from` on; each ends with a line feed. */
export function findLines(bytes: Buffer, from = 0): CellLines {
  let starts = new Uint32Array(((bytes.length - from) >> 4) + 16);
  let count = 0;
  starts[count++] = from;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] !== LINE_FEED) continue;
    if (count === starts.length) {
      const grown = new Uint32Array(count * 2);
      grown.set(starts);
      starts = grown;
    }
    starts[count++] = at + 1;
  }
  return { bytes, starts: starts.subarray(0, count) };
}

/** A place among lines: looking at one value after the other makes no object and no string. */
export class Cell {
  bytes: Buffer = Buffer.alloc(0);
  /** Where the value starts and ends in `bytes`. */
  start = 0;
  end = 0;
  private starts: Uint32Array = new Uint32Array(0);

  /** Looks at other lines from now on. */
  open({ bytes, starts }: CellLines): void {
    this.bytes = bytes;
    this.starts = starts;
  }

  line(number: number): void {
    this.start = this.starts[number]!;
    this.end = this.starts[number + 1]! - 1;
  }

  /** The value, parsed. */
  value(): Json {
    return JSON.parse(this.bytes.toString("utf8", this.start, this.end)) as Json;
  }

  /** A text's content; of any other value its JSON. */
  text(): string {
    const { bytes, start, end } = this;
    if (bytes[start] !== QUOTE) return bytes.toString("latin1", start, end);
    for (let at = start + 1; at < end - 1; at++) {
      const code = bytes[at]!;
      if (code === BACKSLASH || code >= 128) return this.value() as string;
    }
    return bytes.toString("latin1", start + 1, end - 1);
  }

  /** Tells whether a text is ASCII without escapes; `end - start - 2` are its characters then. */
  isSimple(): boolean {
    const { bytes, end } = this;
    for (let at = this.start + 1; at < end - 1; at++) {
      const code = bytes[at]!;
      if (code === BACKSLASH || code >= 128) return false;
    }
    return true;
  }
}
