import { LedgerError } from "../error.ts";
import { RecentMap } from "../storage/recent-map.ts";

const LINE_FEED = 0x0a;
const FOUR_LINE_FEEDS = 0x0a0a0a0a;
const NO_WORDS = new Uint32Array(0);
/** A guess at how long a line is, for the first array of line starts. */
const LINE_BYTES = 16;

/** Lines of text: each the RFC 8785 bytes of one value. */
export interface Lines {
  readonly bytes: Buffer;
  /** Where each line starts, and behind them where the next one would. */
  readonly starts: Uint32Array;
}

/** Events of a block with the same paths. The value of path `p` of row `r` is line `firstLine + p * positions.length + r`. */
export interface ShapeColumns {
  readonly paths: readonly string[];
  readonly firstLine: number;
  /** Position in the block of each row's event. */
  readonly positions: Uint32Array;
}

/** A block as it is stored, column by column. */
export interface BlockColumns {
  readonly count: number;
  readonly lines: Lines;
  readonly shapes: readonly ShapeColumns[];
}

/** Finds the lines of `bytes` from `from` on; each ends with a line feed. */
export function findLines(bytes: Buffer, from: number): Lines {
  let starts = new Uint32Array((bytes.length - from) / LINE_BYTES + 8);
  let count = 0;
  starts[count++] = from;
  const look = (at: number, end: number) => {
    for (; at < end; at++) if (bytes[at] === LINE_FEED) starts[count++] = at + 1;
  };
  // Four bytes at a time, because few of them end a line: there is a zero byte in `x` where, and only if, these four bits say so.
  const aligned = from + ((4 - ((bytes.byteOffset + from) & 3)) & 3);
  const wordCount = Math.max(0, (bytes.length - aligned) >> 2);
  const wordsFrom = wordCount === 0 ? from : aligned;
  const words = wordCount === 0 ? NO_WORDS : new Uint32Array(bytes.buffer, bytes.byteOffset + aligned, wordCount);
  look(from, wordsFrom);
  for (let i = 0; i < words.length; i++) {
    const x = words[i]! ^ FOUR_LINE_FEEDS;
    if (((x - 0x01010101) & ~x & 0x80808080) === 0) continue;
    if (count + 4 >= starts.length) starts = grown(starts);
    const at = wordsFrom + i * 4;
    look(at, at + 4);
  }
  if (count + 4 >= starts.length) starts = grown(starts);
  look(wordsFrom + words.length * 4, bytes.length);
  return { bytes, starts: starts.subarray(0, count) };
}

function grown(starts: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(starts.length * 2);
  larger.set(starts);
  return larger;
}

/** One line as text. */
export function textOfLine({ bytes, starts }: Lines, line: number): string {
  return bytes.toString("utf8", starts[line]!, starts[line + 1]! - 1);
}

/** Format of the blocks that are written and read. */
export const BLOCK_FORMAT = 1;

/** @throws LedgerError format_newer */
export function checkBlockFormat({ v }: { readonly v: number }): void {
  if (v !== BLOCK_FORMAT)
    throw new LedgerError("format_newer", `a block has format ${String(v)}; this program knows ${BLOCK_FORMAT}`);
}

interface Header {
  readonly v: number;
  readonly shapes: readonly (readonly string[])[];
  readonly shapeOf: readonly number[];
}

/** Lists of shapes remembered, and the longest worth it: those of small blocks, which come again and again. */
const MAX_KNOWN = 2_000;
const MAX_KNOWN_BYTES = 2_048;
const knownShapes = new RecentMap<string, Header["shapes"]>(MAX_KNOWN);
/** Stands behind the shapes; within a text its quotes would be escaped. */
const BEHIND_SHAPES = ',"shapeOf":';

/** Reads a header; shapes that were met before are the same arrays again. */
function readHeader(bytes: Buffer, end: number): Omit<Header, "v"> {
  const at = bytes.indexOf(BEHIND_SHAPES);
  if (at === -1 || at > Math.min(end, MAX_KNOWN_BYTES)) {
    const header = JSON.parse(bytes.toString("utf8", 0, end)) as Header;
    checkBlockFormat(header);
    return header;
  }
  const text = bytes.toString("utf8", 0, at);
  let shapes = knownShapes.get(text);
  if (shapes === undefined) {
    const head = JSON.parse(`${text}}`) as Header;
    checkBlockFormat(head);
    ({ shapes } = head);
    knownShapes.set(text, shapes);
  }
  const rest = JSON.parse(`{${bytes.toString("utf8", at + 1, end)}`) as Omit<Header, "v">;
  return { shapes, shapeOf: rest.shapeOf };
}

/** Opens a block without putting its events together (docs/formats/block.md): for readers of whole columns. */
export function openBlockColumns(bytes: Buffer): BlockColumns {
  const end = bytes.indexOf(LINE_FEED);
  const header = readHeader(bytes, end);
  const positions = header.shapes.map((): number[] => []);
  let count = 0;
  for (let i = 0; i < header.shapeOf.length; i += 2) {
    const rows = positions[header.shapeOf[i]!]!;
    for (let n = header.shapeOf[i + 1]!; n > 0; n--) rows.push(count++);
  }
  let firstLine = 0;
  const shapes = header.shapes.map((paths, i): ShapeColumns => {
    const shape = { paths, firstLine, positions: Uint32Array.from(positions[i]!) };
    firstLine += paths.length * shape.positions.length;
    return shape;
  });
  return { count, lines: findLines(bytes, end + 1), shapes };
}
