import type { CanonicalWriter } from "@cairn/event";
import { BLOCK_FORMAT, checkBlockFormat } from "./block-columns.ts";
import type { ValueSource } from "./value-source.ts";

const LINE_FEED = 0x0a;

/**
 * A block holds the core units of some events, column by column: docs/formats/block.md.
 *
 * Events with the same list of unit paths share a *shape*. A block stores each shape once, and under it one column of
 * values for each path. Values are RFC 8785 text, which never holds a line feed, so a column is lines of text. The bytes
 * between line feeds are exactly the bytes that were committed to.
 */
export interface Block {
  /** Unit paths of each shape. */
  readonly shapes: readonly (readonly string[])[];
  /** Each event's salt seed and where its salts start in that seed's stream. */
  readonly events: readonly BlockEvent[];
  /** Seeds of the salt streams, 32 bytes each. */
  readonly seeds: readonly Uint8Array[];
}

export interface BlockEvent {
  readonly shape: number;
  /** Values in the order of the shape's paths. */
  readonly values: readonly string[];
  readonly seed: number;
  /** Index of the event's first salt in the seed's stream. */
  readonly saltStart: number;
}

/** What stands in front of the columns. Numbers of events are run-length coded where they repeat. */
export interface BlockHeader {
  readonly v: typeof BLOCK_FORMAT;
  readonly shapes: readonly (readonly string[])[];
  /** [shape, run length] pairs. */
  readonly shapeOf: readonly number[];
  /** [seed, run length] pairs. */
  readonly seedOf: readonly number[];
  /** [event, salt start] pairs, where an event's salts do not follow those of the event before it with the same seed. */
  readonly starts: readonly number[];
  readonly seeds: readonly string[];
}

/** Values of one event: in the order of the shape's paths `source` has them under `first`, `first + stride`, … */
export interface Row {
  readonly source: ValueSource;
  readonly first: number;
  readonly stride: number;
}

/** Gathers events into a block. */
export class BlockBuilder {
  private readonly shapeIndex = new Map<string, number>();
  /** Callers hand in the same array for the same shape: then its paths need not be compared. */
  private readonly shapeOfArray = new Map<readonly string[], number>();
  private readonly shapes: (readonly string[])[] = [];
  /** Per shape: its events, in order. */
  private readonly rows: Row[][] = [];
  private readonly shapeOf: number[] = [];
  private readonly seedOf: number[] = [];
  private readonly saltStarts: number[] = [];
  private readonly unitCounts: number[] = [];
  private readonly seeds: Uint8Array[] = [];

  get count(): number {
    return this.shapeOf.length;
  }

  /** Adds a salt seed and gives its number. */
  addSeed(seed: Uint8Array): number {
    return this.seeds.push(seed) - 1;
  }

  /** Adds an event. Its values are read from the source when the block is encoded. */
  add(paths: readonly string[], row: Row, salts: { readonly seed: number; readonly start: number }): void {
    const shape = this.shape(paths);
    this.rows[shape]!.push(row);
    this.shapeOf.push(shape);
    this.seedOf.push(salts.seed);
    this.saltStarts.push(salts.start);
    this.unitCounts.push(paths.length);
  }

  /** Writes the block as UTF-8 text: one line of header, then the columns, shape by shape and path by path. */
  encode(target: CanonicalWriter): void {
    const header: BlockHeader = {
      v: BLOCK_FORMAT,
      shapes: this.shapes,
      shapeOf: runs(this.shapeOf),
      seedOf: runs(this.seedOf),
      starts: this.exceptionalStarts(),
      seeds: this.seeds.map((seed) => Buffer.from(seed).toString("base64")),
    };
    target.text(JSON.stringify(header));
    target.byte(LINE_FEED);
    for (const [shape, rows] of this.rows.entries()) {
      for (let column = 0; column < this.shapes[shape]!.length; column++) {
        for (let i = 0; i < rows.length; i++) {
          const { source, first, stride } = rows[i]!;
          source.copyValue(first + column * stride, target);
          target.byte(LINE_FEED);
        }
      }
    }
  }

  private shape(paths: readonly string[]): number {
    const known = this.shapeOfArray.get(paths);
    if (known !== undefined) return known;
    const key = paths.join("\n");
    let shape = this.shapeIndex.get(key);
    if (shape === undefined) {
      shape = this.shapes.push(paths.slice()) - 1;
      this.rows.push([]);
      this.shapeIndex.set(key, shape);
    }
    this.shapeOfArray.set(paths, shape);
    return shape;
  }

  private exceptionalStarts(): number[] {
    const next: number[] = this.seeds.map(() => 0);
    const starts: number[] = [];
    for (let i = 0; i < this.shapeOf.length; i++) {
      const seed = this.seedOf[i]!;
      const start = this.saltStarts[i]!;
      if (start !== next[seed]) starts.push(i, start);
      next[seed] = start + saltsOf(this.unitCounts[i]!);
    }
    return starts;
  }
}

/** Salts an event takes from its stream: one for each unit of the block and one for `/log`, which comes first. */
export function saltsOf(unitCount: number): number {
  return unitCount + 1;
}

/** Where the values of an event stand among the lines of a block's columns. */
export interface EventLayout {
  readonly shape: number;
  readonly first: number;
  readonly stride: number;
  readonly seed: number;
  readonly saltStart: number;
}

/** Finds where the values of each event stand. */
export function layoutOf(header: BlockHeader): EventLayout[] {
  const shapeOf = unruns(header.shapeOf);
  const seedOf = unruns(header.seedOf);
  const perShape = header.shapes.map(() => 0);
  for (const shape of shapeOf) perShape[shape]!++;
  const base: number[] = [];
  let line = 0;
  for (let shape = 0; shape < header.shapes.length; shape++) {
    base.push(line);
    line += perShape[shape]! * header.shapes[shape]!.length;
  }
  const seen = header.shapes.map(() => 0);
  const next = header.seeds.map(() => 0);
  const exceptions = new Map<number, number>();
  for (let i = 0; i < header.starts.length; i += 2) exceptions.set(header.starts[i]!, header.starts[i + 1]!);
  return shapeOf.map((shape, i): EventLayout => {
    const seed = seedOf[i]!;
    const saltStart = exceptions.get(i) ?? next[seed]!;
    next[seed] = saltStart + saltsOf(header.shapes[shape]!.length);
    return { shape, first: base[shape]! + seen[shape]!++, stride: perShape[shape]!, seed, saltStart };
  });
}

/** The seeds of the salt streams. */
export function seedsOf(header: BlockHeader): Uint8Array[] {
  return header.seeds.map((seed) => Buffer.from(seed, "base64"));
}

/** Reads the first line of a block. @throws LedgerError format_newer */
export function headerOf(text: string): BlockHeader {
  const header = JSON.parse(text) as BlockHeader;
  checkBlockFormat(header);
  return header;
}

/** Reads the text of a block. The text is our own and was authenticated when it was unsealed. */
export function decodeBlock(text: string): Block {
  const end = text.indexOf("\n");
  const header = headerOf(text.slice(0, end));
  const lines = text.slice(end + 1).split("\n");
  const events = layoutOf(header).map(({ shape, first, stride, seed, saltStart }): BlockEvent => {
    const values = new Array<string>(header.shapes[shape]!.length);
    for (let column = 0; column < values.length; column++) values[column] = lines[first + column * stride]!;
    return { shape, values, seed, saltStart };
  });
  return { shapes: header.shapes, events, seeds: seedsOf(header) };
}

/** The core units of an event of a block, with what its salts are drawn from. */
export interface CoreUnits {
  readonly paths: readonly string[];
  /** In the order of the paths. */
  readonly values: readonly string[];
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** Index of the first salt in the seed's stream. */
  readonly saltStart: number;
}

/** Gives the core units of one event of a block. */
export function coreUnitsOf({ shapes, events, seeds }: Block, position: number): CoreUnits {
  const { shape, values, seed, saltStart } = events[position]!;
  return { paths: shapes[shape]!, values, seed: seeds[seed]!, saltStart };
}

/** An event of a block whose values stay bytes. */
export interface RawEvent extends Row {
  /** Paths of its units; the same array for every event of one shape. */
  readonly paths: readonly string[];
  readonly seed: Uint8Array;
  readonly saltStart: number;
}

/** Reads a block without making text of its values: for moving them on. */
export function openBlock(bytes: Buffer): RawEvent[] {
  const end = bytes.indexOf(LINE_FEED);
  const header = headerOf(bytes.toString("utf8", 0, end));
  const source = new LineSource(bytes, end + 1);
  const seeds = seedsOf(header);
  return layoutOf(header).map(({ shape, seed, ...row }) => ({
    ...row,
    source,
    paths: header.shapes[shape]!,
    seed: seeds[seed]!,
  }));
}

/** The lines of a text as values. */
class LineSource implements ValueSource {
  private readonly bytes: Buffer;
  private readonly starts: Uint32Array;

  constructor(bytes: Buffer, from: number) {
    this.bytes = bytes;
    const starts: number[] = [from];
    for (let at = bytes.indexOf(LINE_FEED, from); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) starts.push(at + 1);
    this.starts = Uint32Array.from(starts);
  }

  copyValue(line: number, target: CanonicalWriter): void {
    target.raw(this.bytes, this.starts[line]!, this.starts[line + 1]! - 1);
  }
}

function runs(values: readonly number[]): number[] {
  const out: number[] = [];
  for (const value of values) {
    if (out.length > 0 && out[out.length - 2] === value) out[out.length - 1]!++;
    else out.push(value, 1);
  }
  return out;
}

function unruns(pairs: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < pairs.length; i += 2) for (let n = pairs[i + 1]!; n > 0; n--) out.push(pairs[i]!);
  return out;
}
