/** A part of a file of lines. */
export type LineBlock =
  /** Whole lines; each ends with a newline but for the file's last, when it has none: then it is a block by itself. */
  | { readonly kind: "lines"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A line that is longer than allowed. */
  | { readonly kind: "too_long" }
  /** All bytes have been read. At most one block comes behind: the line that no newline ends. */
  | { readonly kind: "end" };

const NEWLINE = 0x0a;

/** Where blocks are filled: `take` gives room for at least so many bytes. */
export interface BlockRoom {
  readonly blockBytes: number;
  take(byteLength: number): Uint8Array<ArrayBuffer>;
}

/** Cuts a stream into blocks of whole lines, of `blockBytes` unless a line is longer. */
export async function* readBlocks(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes, room }: { readonly maxLineBytes: number; readonly room: BlockRoom },
): AsyncGenerator<LineBlock, void, undefined> {
  let buffer = room.take(room.blockBytes);
  let length = 0;
  /** In a line that is too long: what has been read of it is dropped. */
  let isDropping = false;

  /** Gives the whole lines of the buffer, and keeps what is behind them. */
  function cut(end: number): LineBlock {
    const bytes = buffer.subarray(0, end);
    const rest = buffer.subarray(end, length);
    buffer = room.take(Math.max(room.blockBytes, rest.length));
    buffer.set(rest);
    length = rest.length;
    return { kind: "lines", bytes };
  }

  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (isDropping) {
        const newline = chunk.indexOf(NEWLINE, at);
        if (newline === -1) break;
        isDropping = false;
        at = newline + 1;
        yield { kind: "too_long" };
        continue;
      }
      const piece = chunk.subarray(at, at + buffer.length - length);
      buffer.set(piece, length);
      length += piece.length;
      at += piece.length;
      if (length < buffer.length) break;
      const end = buffer.lastIndexOf(NEWLINE) + 1;
      if (end > 0) yield cut(end);
      else if (length > maxLineBytes) {
        isDropping = true;
        length = 0;
      } else {
        const larger = room.take(Math.min(2 * length, maxLineBytes + 1));
        larger.set(buffer);
        buffer = larger;
      }
    }
  }
  const end = buffer.subarray(0, length).lastIndexOf(NEWLINE) + 1;
  if (end > 0) yield cut(end);
  yield { kind: "end" };
  if (isDropping) yield { kind: "too_long" };
  else if (length > 0) yield { kind: "lines", bytes: buffer.subarray(0, length) };
}
