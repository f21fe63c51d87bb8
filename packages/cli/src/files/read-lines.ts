/** One line of a stream. */
export interface Line {
  /** Without its newline. */
  readonly bytes: Uint8Array;
  /** From 1. */
  readonly number: number;
  /** Undefined, or what is wrong: the line is longer than allowed, and `bytes` is its beginning. */
  readonly fault: "too_long" | undefined;
}

const NEWLINE = 0x0a;

/** Splits a stream into lines. A last line without newline counts; what comes after the last newline, if nothing, not. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly maxLineBytes: number },
): AsyncGenerator<Line, void, undefined> {
  const { maxLineBytes } = options;
  let pieces: Uint8Array[] = [];
  let length = 0;
  let number = 1;

  function keep(piece: Uint8Array): void {
    if (length < maxLineBytes) pieces.push(piece.subarray(0, maxLineBytes - length));
    length += piece.length;
  }

  function take(): Line {
    const [only] = pieces;
    const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    const line: Line = { bytes, number: number++, fault: length > maxLineBytes ? "too_long" : undefined };
    pieces = [];
    length = 0;
    return line;
  }

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (length > 0) yield take();
}
