const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const NUL = 0x00;

/** One record of a line format. */
export interface Piece {
  /** Without the end of the line. */
  readonly bytes: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
  /** Line ends in it, its own included. */
  readonly lines: number;
}

/**
 * Cuts the records out of bytes that are complete, each with its end. With `quoted`, a line end inside of double quotes is
 * part of its record (RFC 4180). What stands behind the last end is left.
 */
export function* splitRecords(bytes: Uint8Array, form: "lines" | "quoted"): Generator<Piece, void, undefined> {
  for (let start = 0; ; ) {
    // A file that was cut to nothing under a writer that keeps its place is nothing but zeros up to there.
    while (bytes[start] === NUL) start++;
    const { end, lines } = form === "lines" ? endOfLine(bytes, start) : endOfRow(bytes, start);
    if (end === -1) return;
    yield { bytes: withoutReturn(bytes.subarray(start, end)), end: end + 1, lines };
    start = end + 1;
  }
}

/** How many zeros a text begins with. */
export function zerosBefore(bytes: Uint8Array): number {
  let count = 0;
  while (bytes[count] === NUL) count++;
  return count;
}

interface End {
  readonly end: number;
  readonly lines: number;
}

function endOfLine(bytes: Uint8Array, start: number): End {
  return { end: bytes.indexOf(LINE_FEED, start), lines: 1 };
}

function endOfRow(bytes: Uint8Array, start: number): End {
  let lines = 0;
  let isOpen = false;
  let quote = bytes.indexOf(QUOTE, start);
  for (let from = start; ; ) {
    const end = bytes.indexOf(LINE_FEED, from);
    if (end === -1) return { end, lines };
    lines++;
    for (; quote !== -1 && quote < end; quote = bytes.indexOf(QUOTE, quote + 1)) isOpen = !isOpen;
    if (!isOpen) return { end, lines };
    from = end + 1;
  }
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
