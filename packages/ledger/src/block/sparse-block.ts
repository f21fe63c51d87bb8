import { type CoreUnits, headerOf, layoutOf, seedsOf } from "./block.ts";
import { findLines, textOfLine } from "./block-columns.ts";

const LINE_FEED = 0x0a;
/** Of the place of an event's values. */
const LAYOUT_BYTES = 64;

/** A block of which a few events are wanted: only their lines become text. */
export interface SparseBlock {
  /** Events in it. */
  readonly count: number;
  /** Memory that it holds. */
  readonly byteLength: number;
  /** The core units of the event at a position. */
  coreUnits(position: number): CoreUnits;
}

/** Opens a block (docs/formats/block.md). The bytes are our own and were authenticated when they were unsealed. */
export function openSparseBlock(bytes: Buffer): SparseBlock {
  const end = bytes.indexOf(LINE_FEED);
  const header = headerOf(bytes.toString("utf8", 0, end));
  const lines = findLines(bytes, end + 1);
  const layout = layoutOf(header);
  const seeds = seedsOf(header);
  return {
    count: layout.length,
    byteLength: bytes.length + lines.starts.byteLength + layout.length * LAYOUT_BYTES,
    coreUnits(position) {
      const { shape, first, stride, seed, saltStart } = layout[position]!;
      const paths = header.shapes[shape]!;
      const values = paths.map((_, column) => textOfLine(lines, first + column * stride));
      return { paths, values, seed: seeds[seed]!, saltStart };
    },
  };
}
