import { type Json, QUERY_LIMITS } from "@cairn/event";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Lines of text, each the RFC 8785 bytes of one value. */
export interface CellLines {
  readonly bytes: Buffer;
  /** Where each line starts, and behind them where the next one would. */
  readonly starts: Uint32Array;
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

  /** Tells whether a text is plainly ASCII and not long; false where that takes reading it. */
  isShortAscii(): boolean {
    const { bytes, start, end } = this;
    if (end - start - 2 > QUERY_LIMITS.wordChars) return false;
    for (let at = start + 1; at < end - 1; at++) {
      const code = bytes[at]!;
      if (code === BACKSLASH || code >= 128) return false;
    }
    return true;
  }
}
